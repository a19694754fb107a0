//! Order of tasks in which each follows its predecessors.

/// Sorts tasks so that each follows its predecessors, given for each task as indices without repetition.
///
/// # Errors
///
/// The tasks of one cycle: each is a predecessor of the next one, and the last of the first. `rank` makes it the same one
/// for each order of the tasks: the cycle begins with its task of the lowest rank.
pub(super) fn sorted<K: Ord>(
    predecessors: &[Vec<usize>],
    rank: impl Fn(usize) -> K + Copy,
) -> Result<Vec<usize>, Vec<usize>> {
    let mut successors = vec![Vec::new(); predecessors.len()];
    for (task, before) in predecessors.iter().enumerate() {
        for predecessor in before {
            successors[*predecessor].push(task);
        }
    }
    let mut waits_for: Vec<usize> = predecessors.iter().map(Vec::len).collect();
    let mut order: Vec<usize> = (0..predecessors.len()).filter(|task| waits_for[*task] == 0).collect();
    let mut done = 0;
    while let Some(task) = order.get(done).copied() {
        done += 1;
        for successor in &successors[task] {
            waits_for[*successor] -= 1;
            if waits_for[*successor] == 0 {
                order.push(*successor);
            }
        }
    }
    if order.len() == predecessors.len() { Ok(order) } else { Err(cycle(predecessors, &waits_for, rank)) }
}

/// Walks from predecessor to predecessor among the tasks that wait, each of which waits for another, until one repeats.
fn cycle<K: Ord>(predecessors: &[Vec<usize>], waits_for: &[usize], rank: impl Fn(usize) -> K + Copy) -> Vec<usize> {
    let lowest = |tasks: &mut dyn Iterator<Item = usize>| {
        tasks.filter(|task| waits_for[*task] > 0).min_by_key(|task| rank(*task))
    };
    let mut step_of = vec![None; predecessors.len()];
    let mut path: Vec<usize> = Vec::new();
    let mut next = lowest(&mut (0..predecessors.len()));
    while let Some(task) = next {
        if let Some(step) = step_of[task] {
            path.drain(..step);
            break;
        }
        step_of[task] = Some(path.len());
        path.push(task);
        next = lowest(&mut predecessors[task].iter().copied());
    }
    path.reverse();
    let first = (0..path.len()).min_by_key(|step| rank(path[*step])).unwrap_or(0);
    path.rotate_left(first);
    path
}
