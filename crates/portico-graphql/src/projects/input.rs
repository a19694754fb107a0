//! What staff say of projects.

use async_graphql::{ID, InputObject, MaybeUndefined};
use portico_actions::projects::{AddressChange, AddressDraft, ClientOfProject, MoneyDraft, ProjectDraft};
use portico_graphql_macros::gated;

use super::enums::{ClientRelationship, ProjectStage, ProjectStatus};
use crate::error::ApiError;
use crate::people::contact_id;
use crate::scalars::Date;

/// Where a project is.
#[gated(STAFF)]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct AddressInput {
    /// Street and house number.
    line: String,
    /// City.
    city: String,
    /// State, province or canton.
    region: String,
    /// Postal code.
    postal_code: String,
    /// ISO 3166-1 code of the country, two letters.
    country: String,
}

/// An amount of money.
#[gated(STAFF)]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct MoneyInput {
    /// Amount, an exact decimal number: `1250.00`.
    amount: String,
    /// ISO 4217 code of the currency: `USD`.
    currency_code: String,
}

impl From<MoneyInput> for MoneyDraft {
    fn from(MoneyInput { amount, currency_code }: MoneyInput) -> Self {
        Self { amount, currency: currency_code }
    }
}

/// What is to be changed of an address. What is left out stays as it is.
#[gated(STAFF)]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct AddressUpdateInput {
    /// Street and house number.
    line: Option<String>,
    /// City.
    city: Option<String>,
    /// State, province or canton.
    region: Option<String>,
    /// Postal code.
    postal_code: Option<String>,
    /// ISO 3166-1 code of the country, two letters.
    country: Option<String>,
}

impl AddressUpdateInput {
    pub(super) fn into_change(self) -> AddressChange {
        let Self { line, city, region, postal_code, country } = self;
        AddressChange { line, city, region, postal_code, country }
    }
}

/// A client of a project.
#[gated(STAFF)]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct ProjectClientInput {
    /// The id of the company's contact, who has to be a client.
    contact_id: ID,
    /// What they are to the project.
    relationship: ClientRelationship,
}

/// A project that is to begin.
#[gated(STAFF)]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct ProjectCreateInput {
    /// The company's own number for it; no two of its projects have the same.
    number: String,
    /// Its name.
    name: String,
    /// Where it is.
    address: AddressInput,
    /// `PROSPECT` or `ACTIVE`.
    #[graphql(default_with = "ProjectStatus::Prospect")]
    status: ProjectStatus,
    /// What is being done.
    #[graphql(default_with = "ProjectStage::Design")]
    stage: ProjectStage,
    /// The zone in which its dates are meant, an IANA name: `America/Denver`.
    time_zone: String,
    /// The one currency of all its money, an ISO 4217 code: `USD`. It cannot be changed later.
    currency_code: String,
    /// When work started.
    started_on: Option<Date>,
    /// Its clients, at most 10. The first who owns the home is the one who clears updates.
    #[graphql(default)]
    clients: Vec<ProjectClientInput>,
    /// Whether they are invited at once; three of them at most. You need `CLIENTS_INVITE` as well.
    #[graphql(default = false)]
    invite_clients: bool,
    /// Idempotency key: a retry with the same key returns the first result. Required to invite clients.
    idempotency_key: Option<String>,
}

impl ProjectCreateInput {
    /// The project, or which of its values cannot be read; `path` is where it stands.
    pub(crate) fn checked(self, path: &str) -> Result<ProjectDraft, ApiError> {
        let of_client = |(place, client): (usize, ProjectClientInput)| {
            let contact = contact_id(&client.contact_id, &format!("{path}.clients[{place}].contactId"))?;
            Ok(ClientOfProject { contact, relationship: client.relationship.into() })
        };
        let AddressInput { line, city, region, postal_code, country } = self.address;
        let started_on = self.started_on.map(|date| date.checked(&format!("{path}.startedOn"))).transpose()?;
        Ok(ProjectDraft {
            number: self.number,
            name: self.name,
            address: AddressDraft { line, city, region, postal_code, country },
            status: self.status.into(),
            stage: self.stage.into(),
            time_zone: self.time_zone,
            currency: self.currency_code,
            started_on,
            clients: self.clients.into_iter().enumerate().map(of_client).collect::<Result<_, ApiError>>()?,
            invite_clients: self.invite_clients,
            idempotency_key: self.idempotency_key,
        })
    }
}

/// What is to be changed of a project. What is left out stays as it is.
#[gated]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct ProjectUpdateInput {
    /// The project's id.
    #[shared(STAFF)]
    pub(super) id: ID,
    /// The version that you have read. If somebody else has changed it since, nothing is done.
    #[shared(STAFF)]
    pub(super) expected_version: i32,
    /// The company's own number for it; no two of its projects have the same.
    #[shared(STAFF)]
    pub(super) number: Option<String>,
    /// Its name.
    #[shared(STAFF)]
    pub(super) name: Option<String>,
    /// Where it is.
    #[shared(STAFF)]
    pub(super) address: Option<AddressUpdateInput>,
    /// The state that follows the one in which it is: `PROSPECT`, `ACTIVE`, `WARRANTY`, `COMPLETED`, `ARCHIVED`.
    #[shared(STAFF)]
    pub(super) status: Option<ProjectStatus>,
    /// What is being done.
    #[shared(STAFF)]
    pub(super) stage: Option<ProjectStage>,
    /// The zone in which its dates are meant, an IANA name: `America/Denver`.
    #[shared(STAFF)]
    pub(super) time_zone: Option<String>,
    /// When work started. Null takes it away.
    #[shared(STAFF)]
    pub(super) started_on: MaybeUndefined<Date>,
    /// Contract total, in the project's currency. Visible to clients who may make payments.
    #[shared(STAFF)]
    pub(super) contract_total: Option<MoneyInput>,
    /// Budget, in the project's currency. `null` clears it.
    #[requires(COSTS_VIEW)]
    pub(super) budget: MaybeUndefined<MoneyInput>,
    /// Target margin as a share of the price, a decimal number: `0.18` is 18 percent. `null` clears it.
    #[requires(MARGINS_VIEW)]
    pub(super) target_margin: MaybeUndefined<String>,
    /// Internal status. `null` clears it.
    #[requires(COSTS_VIEW)]
    pub(super) internal_status: MaybeUndefined<String>,
    /// Risk notes. `null` clears them.
    #[requires(COSTS_VIEW)]
    pub(super) risk_notes: MaybeUndefined<String>,
    /// How the client came to the company. `null` clears it.
    #[requires(COSTS_VIEW)]
    pub(super) lead_source: MaybeUndefined<String>,
}
