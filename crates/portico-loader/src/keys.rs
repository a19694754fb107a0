//! API keys.

use portico_core::id::{ApiKeyId, CompanyId};
pub use portico_store::keys::ApiKeyRow;
use portico_store::keys::{keys_by_id, keys_of_companies};

use crate::uncached::{loads_many_uncached, loads_uncached};

loads_uncached! {
    /// An API key that the viewer may see.
    KeyById(ApiKeyId) => ApiKeyRow, keys_by_id, by id
}
loads_many_uncached! {
    /// A company's API keys that the viewer may see. Each use changes a row.
    KeysOfCompany(CompanyId) => ApiKeyRow, keys_of_companies, by company_id
}
