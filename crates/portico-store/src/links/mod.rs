//! Mailed links, and the hosts to which they lead.

mod hosts;
mod writes;

pub use hosts::{LinkHost, link_host_at, link_host_of};
pub use writes::{NewSignInLink, StoredLink, find_link, insert_link, use_link, void_links, void_links_of};
