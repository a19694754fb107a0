//! The gateway's binary.

use std::process::ExitCode;

/// Executing an operation allocates a great deal: with the system's allocator a third of its time goes there.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

// All else is in the library, which the compiler builds beside `portico-graphql`. Here it would come after everything,
// on one core.
fn main() -> ExitCode {
    portico::run_command_line()
}
