//! Mailed links, and the hosts to which they lead.

mod codes;
mod hosts;
mod writes;

pub use codes::{NewSignInCode, StoredCode, count_wrong_code, find_code, insert_code, lock_code, use_code, void_codes};
pub use hosts::{LinkHost, link_host_at, link_host_of};
pub use writes::{
    NewSignInLink, StoredLink, find_link, insert_link, use_link, void_links, void_links_but, void_links_of,
};
