//! What a request knows of the states of what it reads.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use portico_core::generations::{Generation, Generations, Owner};
use portico_core::id::ProjectId;
use portico_core::people::{Place, Viewer};
use uuid::Uuid;

use crate::Source;
use crate::tiers::Scope;

/// The generations that a request goes by, and what it has touched.
pub(crate) struct Knowledge {
    viewer: Arc<Viewer>,
    shape: [u8; 8],
    epoch: Option<Uuid>,
    generations: HashMap<Owner, Generation>,
    scopes: HashMap<Owner, Standing>,
    /// Whose generation has been read in the very snapshot that rows are read in.
    proven: HashSet<Owner>,
    /// Whose rows were taken from what is kept.
    taken: HashSet<Owner>,
    touched: HashSet<Source>,
    is_torn: bool,
}

/// Whether an owner's rows can be kept.
#[derive(Clone)]
pub(crate) enum Standing {
    /// Under this scope.
    Scope(Arc<Scope>),
    /// Under one that is still to be read: sign-in does not know the generations of all of a company's projects.
    ToLearn(ProjectId),
    /// They cannot.
    Never,
}

impl Knowledge {
    pub(crate) fn new(viewer: Arc<Viewer>, shape: [u8; 8]) -> Self {
        let epoch = viewer.generations.epoch;
        let generations = viewer.generations.iter().collect();
        Self {
            viewer,
            shape,
            epoch,
            generations,
            scopes: HashMap::new(),
            proven: HashSet::new(),
            taken: HashSet::new(),
            touched: HashSet::new(),
            is_torn: false,
        }
    }

    /// The same, before anything was taken or touched.
    pub(crate) fn afresh(&self) -> Self {
        Self {
            viewer: Arc::clone(&self.viewer),
            shape: self.shape,
            epoch: self.epoch,
            generations: self.generations.clone(),
            scopes: self.scopes.clone(),
            proven: self.proven.clone(),
            taken: HashSet::new(),
            touched: HashSet::new(),
            is_torn: false,
        }
    }

    /// Notes that an answer depends on this.
    pub(crate) fn touch(&mut self, source: Source) {
        self.touched.insert(source);
    }

    /// Whether an answer depends on rows of a project of the viewer's.
    pub(crate) fn has_touched(&self, project: ProjectId) -> bool {
        let of_project = Source::Owner(Owner::Project(project));
        self.touched.contains(&of_project) || self.touched.contains(&Source::Everything)
    }

    /// Notes that rows of this owner were not read but taken.
    pub(crate) fn take(&mut self, owner: Owner) {
        self.taken.insert(owner);
    }

    pub(crate) fn standing(&mut self, source: Source) -> Standing {
        let (Source::Owner(owner), Some(epoch)) = (source, self.epoch) else { return Standing::Never };
        if let Some(standing) = self.scopes.get(&owner) {
            return standing.clone();
        }
        let standing = match (self.viewer.lens(owner), self.generations.get(&owner), owner) {
            (None, ..) => Standing::Never,
            (Some(lens), Some(generation), _) => {
                Standing::Scope(Arc::new(Scope::new(epoch, self.shape, owner, *generation, &lens)))
            }
            (Some(_), None, Owner::Project(project)) => Standing::ToLearn(project),
            (Some(_), None, Owner::Company(_)) => Standing::Never,
        };
        self.scopes.insert(owner, standing.clone());
        standing
    }

    /// The projects whose generation is to be read along with the first rows: those that sign-in knew, since they may have
    /// moved meanwhile.
    pub(crate) fn to_prove(&self) -> Vec<ProjectId> {
        let projects = self.generations.keys().filter(|owner| !self.proven.contains(owner));
        projects.filter_map(|owner| if let Owner::Project(project) = owner { Some(*project) } else { None }).collect()
    }

    /// Takes note of generations that were read in the snapshot: those of these projects, as far as they are the viewer's.
    pub(crate) fn learn(&mut self, asked: &[ProjectId], told: Vec<(Owner, Generation)>) {
        let mut silent: HashSet<Owner> = asked.iter().map(|project| Owner::Project(*project)).collect();
        let have_rights_moved = self.have_rights_moved(&told);
        for (owner, generation) in told {
            silent.remove(&owner);
            if self.generations.insert(owner, generation).is_some_and(|before| before != generation) {
                self.tear(owner);
            }
            if have_rights_moved {
                self.scopes.insert(owner, Standing::Never);
            } else if matches!(self.scopes.get(&owner), Some(Standing::ToLearn(_))) {
                self.scopes.remove(&owner);
            }
            self.proven.insert(owner);
        }
        for owner in silent {
            // Not theirs, or no longer: nothing of it can be kept.
            if self.generations.remove(&owner).is_some() {
                self.tear(owner);
            }
            self.scopes.insert(owner, Standing::Never);
        }
    }

    /// Whether staff's rights may be others than sign-in found: they move with their company, whose state sign-in knows,
    /// unlike those of its projects.
    fn have_rights_moved(&self, told: &[(Owner, Generation)]) -> bool {
        let known = &self.viewer.generations;
        matches!(self.viewer.place, Place::Company { .. })
            && told.iter().any(|(owner, generation)| known.of(*owner).is_some_and(|before| before != *generation))
    }

    /// An owner has moved since sign-in. So may have the viewer's rights, and with them what the window shows: what is read
    /// from here on is right for this request, and for nobody else with the lens that sign-in found.
    fn tear(&mut self, owner: Owner) {
        self.scopes.insert(owner, Standing::Never);
        self.is_torn |= self.taken.contains(&owner);
    }

    /// Whether rows that were read in the snapshot are those of this scope.
    pub(crate) fn proves(&self, scope: &Scope) -> bool {
        let owner = scope.owner();
        let is_proven = match owner {
            Owner::Project(_) => self.proven.contains(&owner),
            // How a company presents itself is the same for everybody; newer rows under an older generation do no harm.
            Owner::Company(_) => true,
        };
        is_proven && self.generations.get(&owner) == Some(&scope.generation())
    }

    /// The projects of a state whose own state is not known here.
    pub(crate) fn unknown_in(&mut self, state: &Generations) -> Vec<ProjectId> {
        let standings = state.iter().map(|(owner, _)| self.standing(Source::Owner(owner)));
        standings
            .filter_map(|standing| if let Standing::ToLearn(project) = standing { Some(project) } else { None })
            .collect()
    }

    /// Whether all owners of a state are still in it.
    pub(crate) fn is_in(&self, state: &Generations) -> bool {
        state.iter().all(|(owner, generation)| self.generations.get(&owner) == Some(&generation))
    }

    /// Whether the answer mixes rows that were kept with rows of a later state.
    pub(crate) fn is_torn(&self) -> bool {
        self.is_torn
    }

    /// The state that the answer depends on; none if it depends on what has no generation.
    pub(crate) fn state(&self) -> Option<Generations> {
        let mut owners = HashMap::new();
        for source in &self.touched {
            match source {
                Source::Owner(owner) => {
                    owners.insert(*owner, *self.generations.get(owner)?);
                }
                Source::Everything if matches!(self.viewer.place, Place::Projects(_)) => {
                    owners.extend(self.generations.iter().map(|(owner, generation)| (*owner, *generation)));
                }
                Source::Everything | Source::Elsewhere => return None,
            }
        }
        Some(Generations::new(Some(self.epoch?), owners))
    }
}
