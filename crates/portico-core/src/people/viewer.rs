//! The viewer: who asks, as one statement of sign-in found them.

use uuid::Uuid;

use super::{Audience, Permission, PermissionSet, Role, TokenHash};
use crate::generations::{Generations, Owner};
use crate::id::{CompanyId, ProjectId, ProjectMembershipId};

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
    /// Whether they are told where a contract stands before it is signed.
    pub can_see_status: bool,
    /// Whether they may pay.
    pub can_pay: bool,
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
    /// In no company and no project: the public, and the platform's support.
    Nowhere,
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
    /// The states of what they may see, as far as sign-in knows them: outsiders' projects and companies, staff's company.
    pub generations: Generations,
    /// The projects into which they are invited and have not come yet: who opens one accepts the invitation (INV-27).
    pub invited: Vec<ProjectId>,
    /// Whether this sign-in renews the session, which lives on from now (SES-3).
    pub is_renewed: bool,
}

impl Viewer {
    /// Somebody without a token.
    pub const fn public() -> Self {
        Self {
            role: None,
            person: None,
            session: None,
            permissions: PermissionSet::NONE,
            place: Place::Nowhere,
            generations: Generations::NONE,
            invited: Vec::new(),
            is_renewed: false,
        }
    }

    /// The audience whose window they look through.
    pub fn audience(&self) -> Audience {
        self.role.map_or(Audience::Public, Role::audience)
    }

    /// Whether rows of this project can be theirs to see. The loader asks this of every row, whatever the window showed.
    pub fn may_see_project(&self, company: CompanyId, project: ProjectId) -> bool {
        match &self.place {
            Place::Nowhere => false,
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

    /// Whether a project's money is theirs to see: a client needs the right to pay, and trade partners never have it (PRP-1).
    pub fn may_see_money_of(&self, project: ProjectId) -> bool {
        match &self.place {
            Place::Nowhere => false,
            Place::Projects(memberships) => {
                let own = memberships.iter().find(|membership| membership.project == project);
                self.role == Some(Role::Client) && own.is_some_and(|membership| membership.can_pay)
            }
            Place::Company { .. } => true,
        }
    }

    /// The company for which they work; none for outsiders.
    pub fn company(&self) -> Option<CompanyId> {
        if let Place::Company { company, .. } = &self.place { Some(*company) } else { None }
    }

    /// Whether they belong to this company and have this permission there.
    pub fn may_in(&self, company: CompanyId, permission: Permission) -> bool {
        self.company() == Some(company) && self.permissions.contains(permission)
    }

    /// What their window reads of them when it shows an owner's rows: two viewers with the same lens see the same. None if
    /// the owner is not theirs at all, as far as sign-in can tell.
    ///
    /// The audience, the rights of their membership, and the permissions that open rows; and the membership itself where
    /// rows are personal, as a trade partner's assigned work is. A window that begins to read more has to add it here.
    pub fn lens(&self, owner: Owner) -> Option<String> {
        let project = match owner {
            Owner::Company(_) => return self.lens_on_company(),
            Owner::Project(project) => project,
        };
        match &self.place {
            Place::Nowhere => None,
            Place::Projects(memberships) => {
                let own = memberships.iter().find(|membership| membership.project == project)?;
                Some(match self.role {
                    Some(Role::Client) => {
                        let (status, pay) = (u8::from(own.can_see_status), u8::from(own.can_pay));
                        format!("CLIENT-{status}{pay}")
                    }
                    _ => format!("TRADE-{}", own.id.0),
                })
            }
            Place::Company { scope, .. } => {
                let is_listed = match scope {
                    ProjectScope::All => true,
                    ProjectScope::Only(listed) => listed.contains(&project),
                };
                let may = |permission| u8::from(self.permissions.contains(permission));
                let (read, edit) = (may(Permission::ProjectsRead), may(Permission::ScheduleEdit));
                is_listed.then(|| format!("STAFF-{read}{edit}"))
            }
        }
    }

    /// Drafts of a company's own texts are for those alone who may change its settings.
    fn lens_on_company(&self) -> Option<String> {
        let audience = self.role?.audience().as_str();
        let settings = u8::from(self.permissions.contains(Permission::SettingsManage));
        Some(if self.is_staff() { format!("{audience}-{settings}") } else { audience.to_owned() })
    }

    /// Whether they belong to the company's own side, and so may see its unpublished work.
    pub fn is_staff(&self) -> bool {
        self.audience() == Audience::Staff
    }

    /// Changes when what they may see changes: cursors are bound to it (API-5).
    pub fn binding(&self) -> [u8; 32] {
        let mut digest = Digest::default();
        self.put_rights(&mut digest);
        digest.finish()
    }

    /// Changes when anything changes that sign-in knows of them, but for the states of what they see: what is kept of their
    /// answers is kept under it.
    pub fn digest(&self) -> [u8; 32] {
        let mut digest = Digest::default();
        self.put_rights(&mut digest);
        digest.text(self.session.as_ref().map(TokenHash::as_str));
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
        match &self.place {
            Place::Nowhere => digest.number(0),
            Place::Projects(memberships) => {
                digest.number(1 + memberships.len() as u64);
                for Membership { id, project, can_see_status, can_pay } in memberships {
                    digest.text(Some(id.0.as_bytes()));
                    digest.text(Some(project.0.as_bytes()));
                    digest.number(u64::from(*can_see_status) * 2 + u64::from(*can_pay));
                }
            }
            Place::Company { company, scope } => {
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

/// A hash of parts, none of which can pass for its neighbour.
#[derive(Default)]
struct Digest(blake3::Hasher);

impl Digest {
    fn number(&mut self, number: u64) {
        self.0.update(&number.to_le_bytes());
    }

    fn text<T: AsRef<[u8]> + ?Sized>(&mut self, text: Option<&T>) {
        // One more than the length, so that none is not the empty one.
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
        let membership = Membership { id, project, can_see_status: true, can_pay: true };
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
    fn a_permission_counts_in_ones_own_company_alone() {
        let (own, other) = (CompanyId::generate(), CompanyId::generate());
        let permission = Permission::EmailTemplatesManage;
        let staff = |permissions| Viewer {
            role: Some(Role::Staff),
            permissions,
            place: Place::Company { company: own, scope: ProjectScope::All },
            ..Viewer::public()
        };
        assert!(staff(PermissionSet::NONE.with(permission)).may_in(own, permission));
        assert!(!staff(PermissionSet::NONE.with(permission)).may_in(other, permission));
        assert!(!staff(PermissionSet::NONE).may_in(own, permission));
        assert!(!client_of(ProjectId::generate()).may_in(own, permission));
    }

    #[test]
    fn a_digest_moves_with_all_that_sign_in_knows_and_a_binding_with_rights_alone() {
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
        for changed in [
            with(&|viewer| viewer.role = Some(Role::Trade)),
            with(&|viewer| viewer.permissions = PermissionSet::all()),
            with(&|viewer| viewer.place = Place::Projects(Vec::new())),
            with(&|viewer| viewer.place = Place::Nowhere),
        ] {
            assert_ne!(client.binding(), changed.binding());
            assert_ne!(client.digest(), changed.digest());
        }
        let session = with(&|viewer| viewer.session = Some(TokenHash::of("a")));
        assert_ne!(client.digest(), session.digest());
        assert_eq!(client.binding(), session.binding());
    }

    #[test]
    fn a_lens_tells_apart_whoever_may_see_different_rows() {
        let (project, other) = (ProjectId::generate(), ProjectId::generate());
        let owner = Owner::Project(project);
        let client = client_of(project);
        assert_eq!(client.lens(owner), client_of(project).lens(owner), "two clients with the same rights see the same");
        assert_eq!(client.lens(Owner::Project(other)), None);
        let mut without = client.clone();
        if let Place::Projects(memberships) = &mut without.place {
            memberships[0].can_pay = false;
        }
        assert_ne!(client.lens(owner), without.lens(owner));
        let trade = |viewer: Viewer| Viewer { role: Some(Role::Trade), ..viewer };
        let (one, two) = (trade(client_of(project)), trade(client_of(project)));
        assert_ne!(one.lens(owner), two.lens(owner), "each trade partner sees their own work");
        let staff = |permissions: &[Permission]| Viewer {
            role: Some(Role::Staff),
            permissions: permissions.iter().copied().collect(),
            place: Place::Company { company: CompanyId::generate(), scope: ProjectScope::All },
            ..Viewer::public()
        };
        let (read, edit) = (Permission::ProjectsRead, Permission::ScheduleEdit);
        assert_ne!(staff(&[read]).lens(owner), staff(&[read, edit]).lens(owner), "drafts are for those who edit");
        assert_eq!(staff(&[read]).lens(owner), staff(&[read, Permission::CostsView]).lens(owner));
        assert_eq!(Viewer::public().lens(owner), None);
        let company = Owner::Company(CompanyId::generate());
        let settings = Permission::SettingsManage;
        assert_ne!(staff(&[read]).lens(company), staff(&[read, settings]).lens(company), "drafts of help articles");
        assert_eq!(staff(&[]).lens(company), staff(&[read, edit]).lens(company));
        assert_ne!(staff(&[]).lens(company), client.lens(company));
        assert_ne!(staff(&[settings]).lens(company), client.lens(company));
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
