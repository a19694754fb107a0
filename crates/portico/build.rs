//! Has the gateway compiled anew when what it embeds has changed.

fn main() {
    println!("cargo:rerun-if-changed=playground/dist");
    println!("cargo:rerun-if-changed=../../fixtures/operations");
}
