//! Inputs of projects.

use async_graphql::{ID, InputObject, MaybeUndefined};
use portico_actions::projects::{AddressChange, AddressDraft, ClientOfProject, MoneyDraft, ProjectDraft};
use portico_core::id::Tag;
use portico_graphql_macros::gated;

use super::enums::{ClientRelationship, ProjectStage, ProjectStatus};
use crate::contacts::contact_id;
use crate::error::ApiError;
use crate::ids;
use crate::scalars::Date;

/// Postal address.
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
    /// ISO 3166-1 country code, two letters: `US`.
    country: String,
}

/// Amount of money.
#[gated(STAFF)]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct MoneyInput {
    /// Exact decimal number: `1250.00`.
    amount: String,
    /// ISO 4217 currency code: `USD`.
    currency_code: String,
}

impl From<MoneyInput> for MoneyDraft {
    fn from(MoneyInput { amount, currency_code }: MoneyInput) -> Self {
        Self { amount, currency: currency_code }
    }
}

/// Changes of a postal address.
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
    /// ISO 3166-1 country code, two letters: `US`.
    country: Option<String>,
}

impl AddressUpdateInput {
    pub(super) fn into_change(self) -> AddressChange {
        let Self { line, city, region, postal_code, country } = self;
        AddressChange { line, city, region, postal_code, country }
    }
}

/// Client of a new project.
#[gated(STAFF)]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct ProjectClientInput {
    /// Contact of the kind `CLIENT`.
    contact_id: ID,
    /// Relationship to the project.
    relationship: ClientRelationship,
}

/// Values of a new project.
#[gated(STAFF)]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct ProjectCreateInput {
    /// Project number, unique within the company.
    number: String,
    /// Name.
    name: String,
    /// Address of the site.
    address: AddressInput,
    /// Lifecycle status, `PROSPECT` or `ACTIVE`.
    #[graphql(default_with = "ProjectStatus::Prospect")]
    status: ProjectStatus,
    /// Construction phase.
    #[graphql(default_with = "ProjectStage::Design")]
    stage: ProjectStage,
    /// IANA time zone of the project's dates: `America/Denver`.
    time_zone: String,
    /// ISO 4217 code of the project's only currency: `USD`. Immutable.
    currency_code: String,
    /// First day of work. Omit if it is not known.
    started_on: Option<Date>,
    /// Clients, at most 10. The first `PRIMARY_OWNER`, or else the first client, is the primary one.
    #[graphql(default)]
    clients: Vec<ProjectClientInput>,
    /// Whether to invite the clients now, at most three. Requires `CLIENTS_INVITE`.
    #[graphql(default = false)]
    invite_clients: bool,
    /// ID of the template with which the schedule begins, as a draft. Requires `SCHEDULE_EDIT`.
    schedule_template_id: Option<ID>,
    /// Idempotency key: a retry with the same key returns the first result. Required to invite clients.
    idempotency_key: Option<String>,
}

impl ProjectCreateInput {
    /// The values, or an error for one that cannot be read; `path` is that of this input.
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
            schedule_template: self
                .schedule_template_id
                .map(|id| ids::read_as(&id, &format!("{path}.scheduleTemplateId"), Tag::SCHEDULE_TEMPLATE))
                .transpose()?,
            idempotency_key: self.idempotency_key,
        })
    }
}

#[gated]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct ProjectUpdateInput {
    /// ID of the project.
    #[shared(STAFF)]
    pub(super) id: ID,
    #[shared(STAFF)]
    pub(super) expected_version: i32,
    /// Project number, unique within the company.
    #[shared(STAFF)]
    pub(super) number: Option<String>,
    /// Name.
    #[shared(STAFF)]
    pub(super) name: Option<String>,
    /// Changes of the address.
    #[shared(STAFF)]
    pub(super) address: Option<AddressUpdateInput>,
    /// Current status or the next one: `PROSPECT`, `ACTIVE`, `WARRANTY`, `COMPLETED`, `ARCHIVED`.
    #[shared(STAFF)]
    pub(super) status: Option<ProjectStatus>,
    /// Construction phase.
    #[shared(STAFF)]
    pub(super) stage: Option<ProjectStage>,
    /// IANA time zone of the project's dates: `America/Denver`.
    #[shared(STAFF)]
    pub(super) time_zone: Option<String>,
    /// First day of work.
    #[shared(STAFF)]
    pub(super) started_on: MaybeUndefined<Date>,
    /// Contract total in the project's currency. Visible to clients who may make payments.
    #[shared(STAFF)]
    pub(super) contract_total: MaybeUndefined<MoneyInput>,
    /// Budget in the project's currency.
    #[requires(COSTS_VIEW)]
    pub(super) budget: MaybeUndefined<MoneyInput>,
    /// Target margin in percent of the price: `18` is 18 %.
    #[requires(MARGINS_VIEW)]
    pub(super) target_margin: MaybeUndefined<String>,
    /// Internal status.
    #[requires(COSTS_VIEW)]
    pub(super) internal_status: MaybeUndefined<String>,
    /// Risk notes.
    #[requires(COSTS_VIEW)]
    pub(super) risk_notes: MaybeUndefined<String>,
    /// Source of the lead.
    #[requires(COSTS_VIEW)]
    pub(super) lead_source: MaybeUndefined<String>,
}
