//! What the gateway does, by requirement.
