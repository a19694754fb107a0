//! How keys become batches. No database is used: these keys answer themselves.

use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use futures_util::future::join_all;
use portico_core::access::Viewer;
use portico_loader::{CachePolicy, Key, LoadError, Loader, Tiers};
use portico_store::{Database, PoolSizes, ReadSession, Store, StoreError};

/// The batches sent, shared by the keys of one test.
type Journal = Arc<Mutex<Vec<(&'static str, usize)>>>;

/// Defines a test key: its batch adds itself to the journal, and returns ten times the number.
macro_rules! test_key {
    ($name:ident, $load:expr) => {
        #[derive(Clone)]
        struct $name(u64, Journal);

        impl PartialEq for $name {
            fn eq(&self, other: &Self) -> bool {
                self.0 == other.0
            }
        }
        impl Eq for $name {}
        impl std::hash::Hash for $name {
            fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
                self.0.hash(state);
            }
        }
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_u64(self.0)
            }
        }
        impl Key for $name {
            type Value = i64;

            const KIND: &'static str = stringify!($name);

            fn policy(&self) -> CachePolicy {
                CachePolicy::Uncached
            }

            async fn load(_: &ReadSession, keys: Vec<Self>) -> Result<HashMap<Self, Self::Value>, StoreError> {
                let journal = Arc::clone(&keys[0].1);
                journal.lock().unwrap().push((stringify!($name), keys.len()));
                let answer: Result<(), StoreError> = $load.await;
                answer?;
                Ok(keys
                    .into_iter()
                    .filter(|key| key.0 != 13)
                    .map(|key| {
                        let ten = key.0.cast_signed() * 10;
                        (key, ten)
                    })
                    .collect())
            }
        }
    };
}

test_key!(Quick, async { Ok(()) });
test_key!(Slow, async {
    for _ in 0..50 {
        tokio::task::yield_now().await;
    }
    Ok(())
});
test_key!(Broken, async { Err(StoreError::Failed("an error text for the log".to_owned())) });
test_key!(Panicking, async { panic!("a load that panics") });

/// A loader whose database is never used.
fn loader() -> Loader {
    let database = Database::parse("host=/nowhere user=nobody dbname=nothing").expect("a valid address");
    Loader::new(Store::new(&database, PoolSizes::default()).read_as(&Arc::new(Viewer::public())), Tiers::none())
}

fn sent(journal: &Journal) -> Vec<(&'static str, usize)> {
    journal.lock().expect("the journal's lock is not poisoned").clone()
}

/// Yields a few times and wakes itself each time, as executors do with long lists.
struct YieldTimes(usize);

impl Future for YieldTimes {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if self.0 == 0 {
            return Poll::Ready(());
        }
        self.0 -= 1;
        context.waker().wake_by_ref();
        Poll::Pending
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn yielding_items_stay_in_one_batch() {
    for count in [1, 30, 31, 100, 500] {
        let (loader, journal) = (loader(), Journal::default());
        let answers = loader
            .drive(join_all((0..count).map(|number| {
                let (loader, journal) = (loader.clone(), Arc::clone(&journal));
                async move {
                    YieldTimes(number as usize % 7).await;
                    loader.load(Quick(number + 100, journal)).await
                }
            })))
            .await;
        assert!(answers.iter().zip(100..).all(|(answer, number)| matches!(answer, Ok(ten) if *ten == number * 10)));
        assert_eq!(sent(&journal), [("Quick", count as usize)]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn repeated_key_is_queried_once() {
    let (loader, journal) = (loader(), Journal::default());
    let both = loader
        .drive(async {
            let same = join_all((0..3).map(|_| loader.load(Quick(7, Arc::clone(&journal))))).await;
            (same, loader.load(Quick(7, Arc::clone(&journal))).await)
        })
        .await;
    assert!(both.0.iter().all(|answer| matches!(answer, Ok(70))));
    assert!(matches!(both.1, Ok(70)));
    assert_eq!(sent(&journal), [("Quick", 1)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn key_without_rows_is_answered() {
    let (loader, journal) = (loader(), Journal::default());
    let answer = loader.drive(loader.load(Quick(13, journal))).await;
    assert!(matches!(answer, Ok(0)));
}

#[tokio::test(flavor = "multi_thread")]
async fn next_level_waits_for_slowest_batch() {
    let (loader, journal) = (loader(), Journal::default());
    let (quick, slow) = (|number| Quick(number, Arc::clone(&journal)), |number| Slow(number, Arc::clone(&journal)));
    loader
        .drive(async {
            let by_quick = async {
                let _ = loader.load(quick(1)).await;
                loader.load(quick(2)).await
            };
            let by_slow = async {
                let _ = loader.load(slow(1)).await;
                loader.load(quick(3)).await
            };
            futures_util::future::join(by_quick, by_slow).await
        })
        .await
        .1
        .expect("an answer");
    let mut levels = sent(&journal);
    levels[..2].sort_unstable();
    assert_eq!(levels, [("Quick", 1), ("Slow", 1), ("Quick", 2)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn failed_batch_fails_each_waiting_load() {
    let (loader, journal) = (loader(), Journal::default());
    let answers = loader.drive(join_all((0..3).map(|number| loader.load(Broken(number, Arc::clone(&journal)))))).await;
    assert!(answers.iter().all(|answer| matches!(answer, Err(LoadError::Store(StoreError::Failed(_))))));
}

#[tokio::test(flavor = "multi_thread")]
async fn panicking_batch_spares_other_batches() {
    let (loader, journal) = (loader(), Journal::default());
    let (lost, other) = loader
        .drive(futures_util::future::join(
            loader.load(Panicking(1, Arc::clone(&journal))),
            loader.load(Quick(1, Arc::clone(&journal))),
        ))
        .await;
    assert!(matches!(lost, Err(LoadError::Lost)));
    assert!(matches!(other, Ok(10)));
    assert!(matches!(loader.drive(loader.load(Quick(2, journal))).await, Ok(20)));
}

#[tokio::test(flavor = "multi_thread")]
async fn dropped_operation_blocks_no_other() {
    let (loader, journal) = (loader(), Journal::default());
    let polls = AtomicUsize::new(0);
    {
        let mut dropped = Box::pin(loader.drive(loader.load(Slow(1, Arc::clone(&journal)))));
        std::future::poll_fn(|context| {
            polls.fetch_add(1, Ordering::Relaxed);
            let _ = dropped.as_mut().poll(context);
            Poll::Ready(())
        })
        .await;
    }
    assert_eq!(polls.load(Ordering::Relaxed), 1);
    let answer = loader.drive(loader.load(Quick(4, Arc::clone(&journal)))).await;
    assert!(matches!(answer, Ok(40)));
    assert_eq!(sent(&journal), [("Slow", 1), ("Quick", 1)]);
}
