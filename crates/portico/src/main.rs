//! Binary of the gateway.

use std::process::ExitCode;

/// Operations allocate often: with the system's allocator this takes a third of the time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

// The rest is in the library, which the compiler builds in parallel with `portico-graphql`. Here it would be built
// last, on one core.
fn main() -> ExitCode {
    portico::run_command_line()
}
