//! Generations that a request uses, and the dependencies of its answers.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use portico_core::generations::{Generation, Generations, Owner};
use portico_core::id::ProjectId;
use portico_core::people::{Viewer, ViewerScope};
use uuid::Uuid;

use crate::CachePolicy;
use crate::tiers::Scope;

/// Tracks generations, cache hits and dependencies of one request.
pub(crate) struct GenerationTracker {
    viewer: Arc<Viewer>,
    shape: [u8; 8],
    epoch: Option<Uuid>,
    generations: HashMap<Owner, Generation>,
    by_owner: HashMap<Owner, Cacheability>,
    /// Owners whose generation was read in the same snapshot as the rows.
    verified: HashSet<Owner>,
    /// Owners whose rows were found in a cache.
    hits: HashSet<Owner>,
    dependencies: HashSet<CachePolicy>,
    is_torn: bool,
}

/// Whether an owner's rows can be cached.
#[derive(Clone)]
pub(crate) enum Cacheability {
    /// Under this scope.
    Scope(Arc<Scope>),
    /// Under a generation that has to be read first: sign-in does not read those of all of a company's projects.
    Unknown(ProjectId),
    /// Never.
    Never,
}

impl Cacheability {
    pub(crate) fn scope(&self) -> Option<&Arc<Scope>> {
        if let Self::Scope(scope) = self { Some(scope) } else { None }
    }

    pub(crate) fn unknown_project(&self) -> Option<ProjectId> {
        if let Self::Unknown(project) = self { Some(*project) } else { None }
    }
}

impl GenerationTracker {
    pub(crate) fn new(viewer: Arc<Viewer>, shape: [u8; 8]) -> Self {
        let epoch = viewer.generations.epoch;
        let generations = viewer.generations.iter().collect();
        Self {
            viewer,
            shape,
            epoch,
            generations,
            by_owner: HashMap::new(),
            verified: HashSet::new(),
            hits: HashSet::new(),
            dependencies: HashSet::new(),
            is_torn: false,
        }
    }

    /// Copies the generations, without hits and dependencies.
    pub(crate) fn restarted(&self) -> Self {
        Self {
            viewer: Arc::clone(&self.viewer),
            shape: self.shape,
            epoch: self.epoch,
            generations: self.generations.clone(),
            by_owner: self.by_owner.clone(),
            verified: self.verified.clone(),
            hits: HashSet::new(),
            dependencies: HashSet::new(),
            is_torn: false,
        }
    }

    /// Records a dependency of an answer.
    pub(crate) fn record_dependency(&mut self, policy: CachePolicy) {
        self.dependencies.insert(policy);
    }

    /// Whether an answer depends on rows of one of the viewer's projects.
    pub(crate) fn depends_on(&self, project: ProjectId) -> bool {
        let of_project = CachePolicy::Owner(Owner::Project(project));
        self.dependencies.contains(&of_project) || self.dependencies.contains(&CachePolicy::AllVisible)
    }

    /// Records that rows of this owner were found in a cache.
    pub(crate) fn record_hit(&mut self, owner: Owner) {
        self.hits.insert(owner);
    }

    pub(crate) fn cacheability(&mut self, policy: CachePolicy) -> Cacheability {
        let (CachePolicy::Owner(owner), Some(epoch)) = (policy, self.epoch) else { return Cacheability::Never };
        if let Some(cacheability) = self.by_owner.get(&owner) {
            return cacheability.clone();
        }
        let cacheability = match (self.viewer.access_scope(owner), self.generations.get(&owner), owner) {
            (None, ..) => Cacheability::Never,
            (Some(access_scope), Some(generation), _) => {
                Cacheability::Scope(Arc::new(Scope::new(epoch, self.shape, owner, *generation, &access_scope)))
            }
            (Some(_), None, Owner::Project(project)) => Cacheability::Unknown(project),
            (Some(_), None, Owner::Company(_)) => Cacheability::Never,
        };
        self.by_owner.insert(owner, cacheability.clone());
        cacheability
    }

    /// Projects whose generation has to be read with the first rows: those that sign-in read, since they may have
    /// changed since.
    pub(crate) fn unverified_projects(&self) -> Vec<ProjectId> {
        let projects = self.generations.keys().filter(|owner| !self.verified.contains(owner));
        projects.filter_map(|owner| if let Owner::Project(project) = owner { Some(*project) } else { None }).collect()
    }

    /// Records the generations of these projects, as read in the snapshot. Projects of other viewers have none.
    pub(crate) fn record_generations(&mut self, asked: &[ProjectId], read: Vec<(Owner, Generation)>) {
        let mut missing: HashSet<Owner> = asked.iter().map(|project| Owner::Project(*project)).collect();
        let have_rights_changed = self.have_rights_changed(&read);
        for (owner, generation) in read {
            missing.remove(&owner);
            if self.generations.insert(owner, generation).is_some_and(|before| before != generation) {
                self.record_change(owner);
            }
            if have_rights_changed {
                self.by_owner.insert(owner, Cacheability::Never);
            } else if matches!(self.by_owner.get(&owner), Some(Cacheability::Unknown(_))) {
                self.by_owner.remove(&owner);
            }
            self.verified.insert(owner);
        }
        for owner in missing {
            // Not visible to the viewer, or no longer: its rows cannot be cached.
            if self.generations.remove(&owner).is_some() {
                self.record_change(owner);
            }
            self.by_owner.insert(owner, Cacheability::Never);
        }
    }

    /// Whether staff's rights may have changed since sign-in. They change with their company, whose generation sign-in
    /// reads, unlike those of its projects.
    fn have_rights_changed(&self, read: &[(Owner, Generation)]) -> bool {
        let known = &self.viewer.generations;
        matches!(self.viewer.scope, ViewerScope::Company { .. })
            && read.iter().any(|(owner, generation)| known.of(*owner).is_some_and(|before| before != *generation))
    }

    /// Records that an owner has changed since sign-in.
    ///
    /// The viewer's rights, and with them the visible rows, may have changed too: rows read from now on are right for
    /// this request, but not for other viewers with the access scope found at sign-in.
    fn record_change(&mut self, owner: Owner) {
        self.by_owner.insert(owner, Cacheability::Never);
        self.is_torn |= self.hits.contains(&owner);
    }

    /// Whether rows read in the snapshot belong to this scope.
    pub(crate) fn verifies(&self, scope: &Scope) -> bool {
        let owner = scope.owner();
        let is_verified = match owner {
            Owner::Project(_) => self.verified.contains(&owner),
            // Branding is the same for all viewers; newer rows under an older generation do no harm.
            Owner::Company(_) => true,
        };
        is_verified && self.generations.get(&owner) == Some(&scope.generation())
    }

    /// Projects of a state whose generation is unknown here.
    pub(crate) fn unknown_in(&mut self, state: &Generations) -> Vec<ProjectId> {
        let owners = state.iter().map(|(owner, _)| owner);
        owners.filter_map(|owner| self.cacheability(CachePolicy::Owner(owner)).unknown_project()).collect()
    }

    /// Whether all owners of a state still have its generations.
    pub(crate) fn is_in(&self, state: &Generations) -> bool {
        state.iter().all(|(owner, generation)| self.generations.get(&owner) == Some(&generation))
    }

    /// Whether answers mix cached rows with rows of a later state.
    pub(crate) fn is_torn(&self) -> bool {
        self.is_torn
    }

    /// The generations that the answers depend on; none if an answer depends on rows without a generation.
    pub(crate) fn state(&self) -> Option<Generations> {
        let mut owners = HashMap::new();
        for policy in &self.dependencies {
            match policy {
                CachePolicy::Owner(owner) => {
                    owners.insert(*owner, *self.generations.get(owner)?);
                }
                CachePolicy::AllVisible if matches!(self.viewer.scope, ViewerScope::Projects(_)) => {
                    owners.extend(self.generations.iter().map(|(owner, generation)| (*owner, *generation)));
                }
                CachePolicy::AllVisible | CachePolicy::Uncached => return None,
            }
        }
        Some(Generations::new(Some(self.epoch?), owners))
    }
}
