//! Which sign-in options a link or a password covers, and the choice between them.

use portico_core::id::{CompanyId, IdentityId, StaffMembershipId};
use portico_core::projects::MembershipKind;
use portico_store::accounts::Account;
use portico_store::sessions::{SignInOption, sign_in_options};

use super::invalid_link;
use crate::{ActionError, Refusal, Work};

/// The sign-in options that a link or a password covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SignInScope {
    /// All of them.
    Anywhere,
    /// Those at the portal host of a company, which the platform does not control: project memberships, and the membership of that
    /// company's staff.
    At(CompanyId),
    /// Project memberships of the invitation's kind: invitations are valid for long, and mails are forwarded.
    Invited(MembershipKind),
    /// The staff membership of the invitation, for the same reason.
    Staff(StaffMembershipId),
}

impl SignInScope {
    /// The scope of a link to a company's portal, or to the platform's own host.
    pub(crate) fn of_link(company: Option<CompanyId>) -> Self {
        company.map_or(Self::Anywhere, Self::At)
    }

    /// Whether it covers a sign-in option.
    pub(crate) fn includes(self, option: &SignInOption) -> bool {
        match (self, option) {
            (Self::Anywhere, _) | (Self::At(_), SignInOption::Client | SignInOption::Trade) => true,
            (Self::Invited(kind), SignInOption::Client) => kind == MembershipKind::Client,
            (Self::Invited(kind), SignInOption::Trade) => kind == MembershipKind::Trade,
            (Self::At(host), SignInOption::Staff { company, .. }) => host == *company,
            (Self::Staff(invited), SignInOption::Staff { membership, .. }) => invited == *membership,
            (Self::At(_), SignInOption::Support) | (Self::Invited(_) | Self::Staff(_), _) => false,
        }
    }
}

/// The sign-in options of a person that a scope covers.
pub(crate) async fn options_in(
    work: &mut Work<'_>,
    account: &Account,
    scope: SignInScope,
) -> Result<Vec<SignInOption>, ActionError> {
    let mut options = sign_in_options(work.connection(), account.id).await?;
    options.retain(|option| scope.includes(option));
    Ok(options)
}

/// The sign-in option to use: the only one, or the chosen one.
pub(crate) async fn choose(
    work: &mut Work<'_>,
    account: &Account,
    choice: Option<&str>,
    scope: SignInScope,
) -> Result<Result<SignInOption, Vec<SignInOption>>, ActionError> {
    let mut options = options_in(work, account, scope).await?;
    match choice {
        Some(choice) => {
            let chosen = options.into_iter().find(|option| option.name() == choice);
            Ok(Ok(chosen.ok_or_else(|| Refusal::not_found("choiceKey"))?))
        }
        None if options.len() > 1 => Ok(Err(options)),
        None => Ok(Ok(options.pop().ok_or_else(invalid_link)?)),
    }
}

/// Whether the scope covers all sign-in options of a person. Pending invitations to staff do not count, since anyone
/// can cause them. Otherwise no password may be set: it would cover the rest.
pub(crate) async fn covers_all(
    work: &mut Work<'_>,
    whose: IdentityId,
    scope: SignInScope,
) -> Result<bool, ActionError> {
    let options = sign_in_options(work.connection(), whose).await?;
    let is_invited = |option: &SignInOption| matches!(option, SignInOption::Staff { is_invited: true, .. });
    Ok(options.iter().all(|option| scope.includes(option) || is_invited(option)))
}
