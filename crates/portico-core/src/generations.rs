//! Generations, which tell cached rows from stale ones (docs/ARCHITECTURE.md, "Caching").

use uuid::Uuid;

use crate::id::{CompanyId, ProjectId};

/// Owner of rows, under whose generation they are cached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Owner {
    /// A project: its rows, and its company's settings for all projects.
    Project(ProjectId),
    /// A company's settings: its name and branding.
    Company(CompanyId),
}

impl Owner {
    /// The UUID of the project or company.
    pub fn id(self) -> Uuid {
        match self {
            Self::Project(id) => id.0,
            Self::Company(id) => id.0,
        }
    }
}

/// State of an owner's rows. Every change replaces it with a value that never occurs again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Generation(pub [u8; 16]);

impl Generation {
    /// The generation of a company.
    pub fn of_company(company: Uuid) -> Self {
        Self(company.into_bytes())
    }

    /// The generation of a project, which changes with the company's as well.
    pub fn of_project(project: Uuid, company: Uuid) -> Self {
        let mut hasher = blake3::Hasher::new();
        hasher.update(project.as_bytes()).update(company.as_bytes());
        let mut generation = [0; 16];
        hasher.finalize_xof().fill(&mut generation);
        Self(generation)
    }
}

/// Known generations of owners.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Generations {
    /// Cache epoch: a new one invalidates all cached rows. None disables caching.
    pub epoch: Option<Uuid>,
    sorted: Vec<(Owner, Generation)>,
}

impl Generations {
    /// No generations.
    pub const NONE: Self = Self { epoch: None, sorted: Vec::new() };

    /// Collects generations; an owner may occur more than once, with the same generation.
    pub fn new(epoch: Option<Uuid>, owners: impl IntoIterator<Item = (Owner, Generation)>) -> Self {
        let mut sorted: Vec<_> = owners.into_iter().collect();
        sorted.sort_unstable_by_key(|(owner, _)| *owner);
        sorted.dedup_by_key(|(owner, _)| *owner);
        Self { epoch, sorted }
    }

    /// The generation of an owner, if it is known.
    pub fn of(&self, owner: Owner) -> Option<Generation> {
        let index = self.sorted.binary_search_by_key(&owner, |(owner, _)| *owner).ok()?;
        Some(self.sorted[index].1)
    }

    /// All owners with their generations, sorted by owner.
    pub fn iter(&self) -> impl Iterator<Item = (Owner, Generation)> + '_ {
        self.sorted.iter().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn project_generation_includes_its_company() {
        let (project, company) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let generation = Generation::of_project(project, company);
        assert_eq!(generation, Generation::of_project(project, company));
        assert_ne!(generation, Generation::of_project(Uuid::from_u128(3), company));
        assert_ne!(generation, Generation::of_project(project, Uuid::from_u128(3)));
        assert_ne!(generation, Generation::of_project(company, project));
    }

    #[test]
    fn only_known_owners_have_a_generation() {
        let known = Owner::Project(ProjectId::generate());
        let generation = Generation([7; 16]);
        let generations = Generations::new(None, [(known, generation), (known, generation)]);
        assert_eq!(generations.of(known), Some(generation));
        assert_eq!(generations.of(Owner::Project(ProjectId::generate())), None);
        assert_eq!(generations.of(Owner::Company(CompanyId(known.id()))), None);
        assert_eq!(generations.iter().count(), 1);
    }
}
