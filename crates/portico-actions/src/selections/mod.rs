//! Actions on selections and allowances.

mod allowance_save;
mod client_action;
mod contract;
mod option_save;
mod selection_approve;
mod selection_choose;
mod selection_save;
mod selections_copy;
mod staff_action;
mod trade_update;

pub use allowance_save::{AllowanceDelete, AllowanceSave};
pub use option_save::{SelectionOptionDelete, SelectionOptionSave};
pub use selection_approve::{ApprovedSelection, SelectionApprove};
pub use selection_choose::{SelectionChoose, SelectionDecline};
pub use selection_save::{SelectionDelete, SelectionSave, SelectionTransition, StaffTransition};
pub use selections_copy::SelectionsCopy;
pub use trade_update::SelectionTradeUpdate;
