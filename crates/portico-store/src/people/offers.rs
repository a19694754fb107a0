//! Sign-in methods of a person: those that any of their companies offers (RULE-3).

use diesel::prelude::*;
use diesel::sql_types::{Bool, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use portico_core::id::IdentityId;

use crate::StoreError;
use crate::portal::SignInOffer;

/// Support agents can use both methods; a person without a company can use neither.
const OFFERS: &str = "select coalesce(bool_or(coalesce(p.offers_password, true)), true) or a.is_agent as password,
        coalesce(bool_or(coalesce(p.offers_link, true)), true) or a.is_agent as link
    from (select exists (
        select from support_agents where identity_id = $1 and ended_at is null) as is_agent) a
    left join (
        select company_id from staff_memberships where identity_id = $1 and removed_at is null
        union
        select company_id from project_memberships
        where identity_id = $1 and removed_at is null
            and case kind when 'CLIENT' then access_level = 'PORTAL' else web_access end) c on true
    left join company_portals p on p.company_id = c.company_id
    group by a.is_agent";

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Bool)]
    password: bool,
    #[diesel(sql_type = Bool)]
    link: bool,
}

/// The sign-in methods that at least one of a person's companies offers.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn sign_in_offers(
    connection: &mut AsyncPgConnection,
    identity: IdentityId,
) -> Result<SignInOffer, StoreError> {
    let row: Row = diesel::sql_query(OFFERS).bind::<SqlUuid, _>(identity).get_result(connection).await?;
    Ok(SignInOffer { password: row.password, link: row.link })
}
