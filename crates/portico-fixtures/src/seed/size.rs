//! Sizes of projects and companies: a few huge, many small.

use rand::seq::SliceRandom;

use super::chance::{Chance, Seed, Thing};
use super::words::WORDS;

/// Number of projects with one of each rank, so that a world of any size has its few huge ones.
const BLOCK: u32 = 100;

/// Number of projects per company.
const PROJECTS_PER_COMPANY: u32 = 40;

/// Size of a project.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Size {
    /// Tasks per schedule version.
    pub(super) tasks: u32,
    pub(super) selections: u32,
}

impl Size {
    pub(super) fn of(seed: &Seed, project: u32) -> Self {
        let mut ranks: Vec<u32> = (0..BLOCK).collect();
        ranks.shuffle(&mut seed.chance(Thing::Block, project / BLOCK, 0));
        let within = seed.chance(Thing::Block, project, 1).below(10_000 / BLOCK);
        let rank = ranks[(project % BLOCK) as usize] * (10_000 / BLOCK) + within;
        Self { tasks: at(&WORDS.shares.tasks, rank), selections: at(&WORDS.shares.selections, rank) }
    }
}

fn at(curve: &[(u32, u32)], rank: u32) -> u32 {
    let next = curve.partition_point(|(from, _)| *from <= rank);
    let ((from, low), (to, high)) = (curve[next - 1], curve[next]);
    low + (high - low) * (rank - from) / (to - from)
}

/// Number of companies for this number of projects, at least two.
pub(super) const fn companies(projects: u32) -> u32 {
    2 + projects.saturating_sub(1) / PROJECTS_PER_COMPANY
}

/// The company of a project: a new company gets its first project, every other project goes to an existing company, the
/// first ones more often (Zipf's law by powers of two). It does not depend on the number of projects that follow.
pub(super) fn company_of(seed: &Seed, project: u32) -> u32 {
    let known = companies(project + 1);
    if project < 2 {
        return project;
    }
    if project.is_multiple_of(PROJECTS_PER_COMPANY) {
        return known - 1;
    }
    let mut chance = seed.chance(Thing::Project, project, 1);
    let power = 1 << chance.below(u32::BITS - known.leading_zeros());
    (power + chance.below(power.min(known + 1 - power))) - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn project_sizes_have_a_few_outliers() {
        let sizes: Vec<Size> = (0..10_000).map(|project| Size::of(&Seed::new(1), project)).collect();
        let mean = |of: fn(&Size) -> u32| sizes.iter().map(of).sum::<u32>() / 10_000;
        assert!((55..=65).contains(&mean(|size| size.tasks)), "{}", mean(|size| size.tasks));
        assert!((36..=44).contains(&mean(|size| size.selections)), "{}", mean(|size| size.selections));
        for hundred in sizes.chunks(100) {
            let mut tasks: Vec<u32> = hundred.iter().map(|size| size.tasks).collect();
            tasks.sort_unstable();
            assert!(tasks[99] >= 10 * tasks[50], "{tasks:?}");
        }
    }

    #[test]
    fn few_companies_are_large_none_is_empty() {
        let mut projects = vec![0; companies(8_000) as usize];
        for project in 0..8_000 {
            let company = company_of(&Seed::new(1), project);
            assert!(company < companies(project + 1));
            projects[company as usize] += 1;
        }
        assert_eq!((companies(1), companies(2), companies(80), companies(8_000)), (2, 2, 3, 201));
        projects.sort_unstable();
        assert!(projects[0] > 0 && projects[200] > 700 && projects[100] < 40, "{projects:?}");
    }
}
