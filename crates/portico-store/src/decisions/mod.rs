//! Decisions of clients: the append-only chain of each project.

mod list;
mod rows;
mod writes;

use diesel::prelude::*;
use portico_core::id::{DecisionId, ProjectId};

use crate::by_key::rows_by_key;
use rows::{decision_evidence, decisions};

pub use list::{count_decisions_of_projects, decisions_of_projects};
pub use rows::{DecisionEvidenceRow, DecisionRow};
pub use writes::{DecisionRecipient, database_time, decision_recipients, insert_decision, newest_decision};

rows_by_key! {
    /// Decisions by id.
    decisions_by_id(DecisionId) -> DecisionRow = decisions by id;
    /// All decisions of projects, in the order of their chains.
    chains_of_projects(ProjectId) -> DecisionRow = decisions by project_id in order of position;
    /// Evidence of decisions.
    evidence_of_decisions(DecisionId) -> DecisionEvidenceRow = decision_evidence by decision_id;
}
