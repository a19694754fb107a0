//! API keys.

use portico_core::id::CompanyId;
pub use portico_store::keys::ApiKeyRow;
use portico_store::keys::keys_of_companies;

use crate::uncached::loads_many_uncached;

loads_many_uncached! {
    /// A company's API keys that the viewer may see. Each use changes a row.
    KeysOfCompany(CompanyId) => ApiKeyRow, keys_of_companies, by company_id
}
