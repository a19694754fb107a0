//! Signals that stop a service.

use tokio::signal::unix::{Signal, SignalKind, signal};

use super::Failure;

/// Listens for Ctrl-C, SIGTERM and a closed terminal, from its creation on.
pub(super) struct StopSignals([Signal; 3]);

impl StopSignals {
    pub(super) fn listen() -> Result<Self, Failure> {
        let one = |kind| signal(kind).map_err(|error| Failure::new(format_args!("cannot listen for signals: {error}")));
        Ok(Self([one(SignalKind::interrupt())?, one(SignalKind::terminate())?, one(SignalKind::hangup())?]))
    }

    /// Waits for the first signal.
    pub(super) async fn recv(&mut self) {
        let [interrupt, terminate, hangup] = &mut self.0;
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
            _ = hangup.recv() => {}
        }
    }
}
