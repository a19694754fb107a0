//! The viewer: the caller with role, permissions and memberships, read by one statement at sign-in.

use uuid::Uuid;

use super::{Audience, Permission, PermissionSet, Role};
use crate::generations::{Generations, Owner};
use crate::id::{CompanyId, IdentityId, ProjectId, ProjectMembershipId};
use crate::sessions::TokenHash;

/// The caller's own data, readable through `viewer` only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The identity, or the API key.
    pub id: Uuid,
    /// The name of the user or API key.
    pub name: String,
    /// The account's email address; none for an API key.
    pub email: Option<String>,
    /// The telephone number, E.164.
    pub phone: Option<String>,
    /// The language, BCP 47.
    pub locale: String,
    /// The time zone, an IANA name.
    pub time_zone: String,
}

/// A client's or trade partner's current membership in one project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Membership {
    /// The membership.
    pub id: ProjectMembershipId,
    /// The project.
    pub project: ProjectId,
    /// Whether the member may see status reports.
    pub can_see_status: bool,
    /// Whether the member may make payments.
    pub can_pay: bool,
    /// Whether the member may approve.
    pub can_approve: bool,
    /// Whether the member is the project's primary client.
    pub is_primary: bool,
}

/// A member of staff who views a client's portal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ViewedBy {
    /// The person.
    pub staff: IdentityId,
    /// Owner or staff.
    pub role: Role,
}

/// Projects of a company that staff or an API key may see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProjectScope {
    /// All of them.
    All,
    /// Those listed by an API key.
    Only(Vec<ProjectId>),
}

/// The company or projects of the viewer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ViewerScope {
    /// Neither: callers without a session, and support agents.
    Empty,
    /// Projects, of a client or a trade partner.
    Projects(Vec<Membership>),
    /// A company, of staff, an owner or an API key.
    Company {
        /// The company.
        company: CompanyId,
        /// The visible projects.
        scope: ProjectScope,
    },
}

/// The caller and the caller's rights. Created at sign-in, independent of anything else in the request.
#[derive(Debug, Clone)]
pub struct Viewer {
    /// The role; none without a session.
    pub role: Option<Role>,
    /// The caller's own data; none without a session.
    pub person: Option<Person>,
    /// The hash that scopes role views; none without a session.
    pub session: Option<TokenHash>,
    /// The permissions; empty for outsiders.
    pub permissions: PermissionSet,
    /// The company or projects whose rows may be visible.
    pub scope: ViewerScope,
    /// Generations of the visible owners known at sign-in: outsiders' projects and companies, staff's company.
    pub generations: Generations,
    /// Projects with a pending invitation, which opening the project accepts (INV-27).
    pub invited: Vec<ProjectId>,
    /// Whether this request extends the session (SES-3).
    pub is_renewed: bool,
    /// The member of staff who views the portal of this client, and may only read.
    pub viewed_by: Option<ViewedBy>,
}

impl Viewer {
    /// A caller without a session.
    pub const fn public() -> Self {
        Self {
            role: None,
            person: None,
            session: None,
            permissions: PermissionSet::NONE,
            scope: ViewerScope::Empty,
            generations: Generations::NONE,
            invited: Vec::new(),
            is_renewed: false,
            viewed_by: None,
        }
    }

    /// The audience whose views the viewer reads.
    pub fn audience(&self) -> Audience {
        self.role.map_or(Audience::Public, Role::audience)
    }

    /// Whether rows of this project may be visible. The loader checks this for every row, in addition to the role views.
    pub fn may_see_project(&self, company: CompanyId, project: ProjectId) -> bool {
        match &self.scope {
            ViewerScope::Empty => false,
            ViewerScope::Projects(memberships) => memberships.iter().any(|membership| membership.project == project),
            ViewerScope::Company { company: own, scope } => {
                *own == company
                    && self.permissions.contains(Permission::ProjectsRead)
                    && match scope {
                        ProjectScope::All => true,
                        ProjectScope::Only(projects) => projects.contains(&project),
                    }
            }
        }
    }

    /// Whether amounts of a project are visible: clients need the right to make payments, trade partners never see them (PRP-1).
    pub fn may_see_money_of(&self, project: ProjectId) -> bool {
        match &self.scope {
            ViewerScope::Empty => false,
            ViewerScope::Projects(memberships) => {
                let own = memberships.iter().find(|membership| membership.project == project);
                self.role == Some(Role::Client) && own.is_some_and(|membership| membership.can_pay)
            }
            ViewerScope::Company { .. } => true,
        }
    }

    /// The current membership in a project, of a client or a trade partner.
    pub fn membership_in(&self, project: ProjectId) -> Option<&Membership> {
        match &self.scope {
            ViewerScope::Projects(memberships) => memberships.iter().find(|membership| membership.project == project),
            ViewerScope::Empty | ViewerScope::Company { .. } => None,
        }
    }

    /// The person and role that requests count for: the member of staff, in a view of a client's portal.
    pub fn charged(&self) -> Option<(Option<Role>, Uuid)> {
        match self.viewed_by {
            Some(ViewedBy { staff, role }) => Some((Some(role), staff.0)),
            None => self.person.as_ref().map(|person| (self.role, person.id)),
        }
    }

    /// The company of staff, owners and API keys; none for outsiders.
    pub fn company(&self) -> Option<CompanyId> {
        if let ViewerScope::Company { company, .. } = &self.scope { Some(*company) } else { None }
    }

    /// Whether the viewer has this current membership in a project.
    pub fn has_membership(&self, id: ProjectMembershipId) -> bool {
        match &self.scope {
            ViewerScope::Projects(memberships) => memberships.iter().any(|membership| membership.id == id),
            ViewerScope::Empty | ViewerScope::Company { .. } => false,
        }
    }

    /// Whether the viewer has this permission in this company.
    pub fn may_in(&self, company: CompanyId, permission: Permission) -> bool {
        self.company() == Some(company) && self.permissions.contains(permission)
    }

    /// Returns the access scope for an owner's rows: viewers with equal scopes see the same rows.
    ///
    /// None if the owner is not visible to the viewer, as known at sign-in. The scope has everything that role views
    /// read of the viewer: the audience, the rights of the membership, the permissions that decide about rows, and the
    /// membership itself where rows are personal, such as a trade partner's assigned work. A role view that reads more
    /// has to add it here.
    pub fn access_scope(&self, owner: Owner) -> Option<String> {
        let project = match owner {
            Owner::Company(_) => return self.company_access_scope(),
            Owner::Project(project) => project,
        };
        match &self.scope {
            ViewerScope::Empty => None,
            ViewerScope::Projects(memberships) => {
                let own = memberships.iter().find(|membership| membership.project == project)?;
                Some(match self.role {
                    Some(Role::Client) => {
                        let (status, pay) = (u8::from(own.can_see_status), u8::from(own.can_pay));
                        match self.viewed_by {
                            // A view reads no row that was read for others, even where both see the same.
                            Some(_) => format!("VIEW-{}-{status}{pay}", own.id.0),
                            None => format!("CLIENT-{status}{pay}"),
                        }
                    }
                    _ => format!("TRADE-{}", own.id.0),
                })
            }
            ViewerScope::Company { scope, .. } => {
                let is_listed = match scope {
                    ProjectScope::All => true,
                    ProjectScope::Only(listed) => listed.contains(&project),
                };
                let may = |permission| u8::from(self.permissions.contains(permission));
                let (read, edit) = (may(Permission::ProjectsRead), may(Permission::ScheduleEdit));
                let internal = may(Permission::MessagesInternal);
                is_listed.then(|| format!("STAFF-{read}{edit}{internal}"))
            }
        }
    }

    /// Drafts of a company's texts are visible with `SETTINGS_MANAGE` only.
    fn company_access_scope(&self) -> Option<String> {
        if self.viewed_by.is_some() {
            return Some("VIEW".to_owned());
        }
        let audience = self.role?.audience().as_str();
        let settings = u8::from(self.permissions.contains(Permission::SettingsManage));
        Some(if self.is_staff() { format!("{audience}-{settings}") } else { audience.to_owned() })
    }

    /// Whether the viewer is staff, an owner or an API key, and so may see unpublished work.
    pub fn is_staff(&self) -> bool {
        self.audience() == Audience::Staff
    }

    /// A digest of the rights, to which cursors are bound (API-5).
    pub fn binding(&self) -> [u8; 32] {
        let mut digest = Digest::default();
        self.put_rights(&mut digest);
        digest.finish()
    }

    /// A digest of all that sign-in reads except generations: the cache key of the viewer's responses.
    pub fn digest(&self) -> [u8; 32] {
        let mut digest = Digest::default();
        self.put_rights(&mut digest);
        digest.text(self.session.as_ref().map(TokenHash::as_str));
        digest.text(self.viewed_by.as_ref().map(|by| by.staff.0.as_bytes()));
        if let ViewerScope::Projects(memberships) = &self.scope {
            memberships.iter().for_each(|membership| digest.number(u64::from(membership.is_primary)));
        }
        if let Some(person) = &self.person {
            let Person { id: _, name, email, phone, locale, time_zone } = person;
            for text in [Some(name), email.as_ref(), phone.as_ref(), Some(locale), Some(time_zone)] {
                digest.text(text.map(String::as_str));
            }
        }
        digest.finish()
    }

    fn put_rights(&self, digest: &mut Digest) {
        digest.text(self.role.map(Role::as_str));
        digest.text(self.person.as_ref().map(|person| person.id.as_bytes()));
        digest.number(self.permissions.bits().into());
        match &self.scope {
            ViewerScope::Empty => digest.number(0),
            ViewerScope::Projects(memberships) => {
                digest.number(1 + memberships.len() as u64);
                for Membership { id, project, can_see_status, can_pay, can_approve, is_primary: _ } in memberships {
                    digest.text(Some(id.0.as_bytes()));
                    digest.text(Some(project.0.as_bytes()));
                    let rights = [*can_see_status, *can_pay, *can_approve].map(u64::from);
                    digest.number(rights.into_iter().fold(0, |bits, right| bits * 2 + right));
                }
            }
            ViewerScope::Company { company, scope } => {
                digest.text(Some(company.0.as_bytes()));
                match scope {
                    ProjectScope::All => digest.number(0),
                    ProjectScope::Only(projects) => {
                        digest.number(1 + projects.len() as u64);
                        projects.iter().for_each(|project| digest.text(Some(project.0.as_bytes())));
                    }
                }
            }
        }
    }
}

/// A hash of parts with unambiguous boundaries.
#[derive(Default)]
struct Digest(blake3::Hasher);

impl Digest {
    fn number(&mut self, number: u64) {
        self.0.update(&number.to_le_bytes());
    }

    fn text<T: AsRef<[u8]> + ?Sized>(&mut self, text: Option<&T>) {
        // One more than the length, so that none differs from the empty text.
        let text = text.map(AsRef::as_ref);
        self.number(text.map_or(0, |text| 1 + text.len() as u64));
        self.0.update(text.unwrap_or_default());
    }

    fn finish(self) -> [u8; 32] {
        self.0.finalize().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client_of(project: ProjectId) -> Viewer {
        let id = ProjectMembershipId::generate();
        let (can_see_status, can_pay, can_approve, is_primary) = (true, true, true, false);
        let membership = Membership { id, project, can_see_status, can_pay, can_approve, is_primary };
        Viewer { role: Some(Role::Client), scope: ViewerScope::Projects(vec![membership]), ..Viewer::public() }
    }

    #[test]
    fn client_sees_own_projects_only() {
        let (mine, other, company) = (ProjectId::generate(), ProjectId::generate(), CompanyId::generate());
        let client = client_of(mine);
        assert!(client.may_see_project(company, mine));
        assert!(!client.may_see_project(company, other));
        assert!(!Viewer::public().may_see_project(company, mine));
    }

    #[test]
    fn permission_holds_in_own_company_only() {
        let (own, other) = (CompanyId::generate(), CompanyId::generate());
        let permission = Permission::EmailTemplatesManage;
        let staff = |permissions| Viewer {
            role: Some(Role::Staff),
            permissions,
            scope: ViewerScope::Company { company: own, scope: ProjectScope::All },
            ..Viewer::public()
        };
        assert!(staff(PermissionSet::NONE.with(permission)).may_in(own, permission));
        assert!(!staff(PermissionSet::NONE.with(permission)).may_in(other, permission));
        assert!(!staff(PermissionSet::NONE).may_in(own, permission));
        assert!(!client_of(ProjectId::generate()).may_in(own, permission));
    }

    #[test]
    fn digest_covers_more_than_binding() {
        let client = client_of(ProjectId::generate());
        let with = |change: &dyn Fn(&mut Viewer)| {
            let mut changed = client.clone();
            change(&mut changed);
            changed
        };
        let renamed = with(&|viewer| {
            let texts = || String::from("x");
            viewer.person = Some(Person {
                id: Uuid::nil(),
                name: texts(),
                email: None,
                phone: None,
                locale: texts(),
                time_zone: texts(),
            });
        });
        let mut again = renamed.clone();
        if let Some(person) = &mut again.person {
            person.email = Some(String::new());
        }
        assert_ne!(renamed.digest(), again.digest());
        assert_eq!(renamed.binding(), again.binding());
        let viewed = with(&|viewer| {
            viewer.viewed_by = Some(ViewedBy { staff: IdentityId(Uuid::from_u128(1)), role: Role::Staff });
        });
        assert_ne!(client.digest(), viewed.digest());
        assert_eq!(client.binding(), viewed.binding(), "cursors are those of the client");
        for changed in [
            with(&|viewer| viewer.role = Some(Role::Trade)),
            with(&|viewer| viewer.permissions = PermissionSet::all()),
            with(&|viewer| viewer.scope = ViewerScope::Projects(Vec::new())),
            with(&|viewer| viewer.scope = ViewerScope::Empty),
        ] {
            assert_ne!(client.binding(), changed.binding());
            assert_ne!(client.digest(), changed.digest());
        }
        let session = with(&|viewer| viewer.session = Some(TokenHash::of("a")));
        assert_ne!(client.digest(), session.digest());
        assert_eq!(client.binding(), session.binding());
    }

    #[test]
    fn access_scopes_differ_by_visible_rows() {
        let (project, other) = (ProjectId::generate(), ProjectId::generate());
        let owner = Owner::Project(project);
        let client = client_of(project);
        assert_eq!(
            client.access_scope(owner),
            client_of(project).access_scope(owner),
            "two clients with the same rights see the same"
        );
        assert_eq!(client.access_scope(Owner::Project(other)), None);
        let mut without = client.clone();
        if let ViewerScope::Projects(memberships) = &mut without.scope {
            memberships[0].can_pay = false;
        }
        assert_ne!(client.access_scope(owner), without.access_scope(owner));
        let trade = |viewer: Viewer| Viewer { role: Some(Role::Trade), ..viewer };
        let (one, two) = (trade(client_of(project)), trade(client_of(project)));
        assert_ne!(one.access_scope(owner), two.access_scope(owner), "each trade partner sees their own work");
        let staff = |permissions: &[Permission]| Viewer {
            role: Some(Role::Staff),
            permissions: permissions.iter().copied().collect(),
            scope: ViewerScope::Company { company: CompanyId::generate(), scope: ProjectScope::All },
            ..Viewer::public()
        };
        let (read, edit) = (Permission::ProjectsRead, Permission::ScheduleEdit);
        assert_ne!(
            staff(&[read]).access_scope(owner),
            staff(&[read, edit]).access_scope(owner),
            "drafts are for those who edit"
        );
        assert_eq!(staff(&[read]).access_scope(owner), staff(&[read, Permission::CostsView]).access_scope(owner));
        assert_eq!(Viewer::public().access_scope(owner), None);
        let company = Owner::Company(CompanyId::generate());
        let settings = Permission::SettingsManage;
        assert_ne!(
            staff(&[read]).access_scope(company),
            staff(&[read, settings]).access_scope(company),
            "drafts of help articles"
        );
        assert_eq!(staff(&[]).access_scope(company), staff(&[read, edit]).access_scope(company));
        assert_ne!(staff(&[]).access_scope(company), client.access_scope(company));
        assert_ne!(staff(&[settings]).access_scope(company), client.access_scope(company));
    }

    #[test]
    fn key_sees_listed_projects_only() {
        let (listed, other, company) = (ProjectId::generate(), ProjectId::generate(), CompanyId::generate());
        let scope = ViewerScope::Company { company, scope: ProjectScope::Only(vec![listed]) };
        let permissions = PermissionSet::NONE.with(Permission::ProjectsRead);
        let key = Viewer { role: Some(Role::Reporting), scope, permissions, ..Viewer::public() };
        assert!(key.may_see_project(company, listed));
        assert!(!key.may_see_project(company, other));
        assert!(!key.may_see_project(CompanyId::generate(), listed));
        let without_permission = Viewer { permissions: PermissionSet::NONE, ..key };
        assert!(!without_permission.may_see_project(company, listed));
    }
}
