//! The gateway in operation: commands, pools, logs, metrics, faults and load.

mod binary;
mod binary_company;
mod binary_images;
mod binary_inbound_mail;
mod binary_mail;
mod binary_serve;
mod faults;
mod files_full;
mod files_killed;
mod files_s3;
mod heavy;
pub(crate) mod log;
mod metrics;
mod pooler;
mod pools;
mod soak;
mod tls;
mod trace;
