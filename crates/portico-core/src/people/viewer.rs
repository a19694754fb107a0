//! The viewer: who asks, as one statement of sign-in found them.

use super::{Audience, Permission, PermissionSet, Role, TokenHash};
use crate::id::{CompanyId, ProjectId, ProjectMembershipId};
use uuid::Uuid;

/// A person's own data, which they alone may read through `viewer`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The identity, or the key that asks on its creator's behalf.
    pub id: Uuid,
    /// As they want to be called; a key's name, for a key.
    pub name: String,
    /// The address by which the platform knows them; a key has none.
    pub email: Option<String>,
    /// E.164.
    pub phone: Option<String>,
    /// BCP 47.
    pub locale: String,
    /// An IANA name.
    pub time_zone: String,
}

/// A client's or trade partner's current place in one project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Membership {
    /// The membership.
    pub id: ProjectMembershipId,
    /// The project.
    pub project: ProjectId,
}

/// Which projects of a company staff or a key may see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProjectScope {
    /// All of them.
    All,
    /// Those that a key lists.
    Only(Vec<ProjectId>),
}

/// Where the viewer stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// Nowhere: nobody has signed in.
    Public,
    /// In projects, as a client or a trade partner.
    Projects(Vec<Membership>),
    /// In a company, as staff, as an owner or as a key.
    Company {
        /// The company.
        company: CompanyId,
        /// Which of its projects.
        scope: ProjectScope,
    },
}

/// Who asks, and what they may know. Made by sign-in and never changed by anything that a caller sends.
#[derive(Debug, Clone)]
pub struct Viewer {
    /// None for the public.
    pub role: Option<Role>,
    /// None for the public.
    pub person: Option<Person>,
    /// What scopes the windows of the database; none for the public.
    pub session: Option<TokenHash>,
    /// Empty for outsiders.
    pub permissions: PermissionSet,
    /// Which rows may be theirs at all.
    pub place: Place,
}

impl Viewer {
    /// Somebody without a token.
    pub const fn public() -> Self {
        Self { role: None, person: None, session: None, permissions: PermissionSet::NONE, place: Place::Public }
    }

    /// The audience whose window they look through.
    pub fn audience(&self) -> Audience {
        self.role.map_or(Audience::Public, Role::audience)
    }

    /// Whether rows of this project can be theirs to see. The loader asks this of every row, whatever the window showed.
    pub fn may_see_project(&self, company: CompanyId, project: ProjectId) -> bool {
        match &self.place {
            Place::Public => false,
            Place::Projects(memberships) => memberships.iter().any(|membership| membership.project == project),
            Place::Company { company: own, scope } => {
                *own == company
                    && self.permissions.contains(Permission::ProjectsRead)
                    && match scope {
                        ProjectScope::All => true,
                        ProjectScope::Only(projects) => projects.contains(&project),
                    }
            }
        }
    }

    /// Whether they belong to the company's own side, and so may see its unpublished work.
    pub fn is_staff(&self) -> bool {
        self.audience() == Audience::Staff
    }

    /// A text that changes when what they may see changes: cursors are bound to it (API: pages).
    pub fn binding(&self) -> String {
        format!("{:?}|{:?}|{:?}|{:?}", self.role, self.person.as_ref().map(|p| p.id), self.permissions, self.place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client_of(project: ProjectId) -> Viewer {
        let membership = Membership { id: ProjectMembershipId::generate(), project };
        Viewer { role: Some(Role::Client), place: Place::Projects(vec![membership]), ..Viewer::public() }
    }

    #[test]
    fn a_client_may_see_rows_of_their_own_projects_alone() {
        let (mine, other, company) = (ProjectId::generate(), ProjectId::generate(), CompanyId::generate());
        let client = client_of(mine);
        assert!(client.may_see_project(company, mine));
        assert!(!client.may_see_project(company, other));
        assert!(!Viewer::public().may_see_project(company, mine));
    }

    #[test]
    fn a_key_may_see_listed_projects_of_its_own_company_alone() {
        let (listed, other, company) = (ProjectId::generate(), ProjectId::generate(), CompanyId::generate());
        let place = Place::Company { company, scope: ProjectScope::Only(vec![listed]) };
        let permissions = PermissionSet::NONE.with(Permission::ProjectsRead);
        let key = Viewer { role: Some(Role::Reporting), place, permissions, ..Viewer::public() };
        assert!(key.may_see_project(company, listed));
        assert!(!key.may_see_project(company, other));
        assert!(!key.may_see_project(CompanyId::generate(), listed));
        let without_permission = Viewer { permissions: PermissionSet::NONE, ..key };
        assert!(!without_permission.may_see_project(company, listed));
    }
}
