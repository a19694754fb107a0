//! Values for arguments: ids, cursors, words and dates, visible, hidden and unknown.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, NaiveDate};
use fastrand::Rng;
use portico_core::id::{GlobalId, Tag};
use portico_fixtures::world::World;
use portico_store::tables::TABLES;
use portico_testkit::{TestApp, TestDatabase, leaves};
use serde_json::Value as Json;
use uuid::Uuid;

use crate::support::schema::NODES;

/// Types with ids that `node` does not return, and their tables.
const MORE_KINDS: [(Tag, &str); 4] = [
    (Tag::TASK_ASSIGNEE, "task_assignees"),
    (Tag::HELP_ARTICLE, "help_articles"),
    (Tag::VIEWER, "identities"),
    (Tag::UPLOAD, "staged_uploads"),
];

/// Types with ids, and their tables.
fn kinds() -> Vec<(Tag, &'static str)> {
    NODES.iter().map(|(_, tag, table, _)| (*tag, *table)).chain(MORE_KINDS).collect()
}

/// All dates, visible and secret.
fn query_of_days() -> String {
    let dates = TABLES.iter().flat_map(|table| {
        let columns = table.columns.iter().filter(|column| column.plain_type() == "Date");
        columns
            .map(|column| format!("select {0}::text as text from {1} where {0} is not null", column.name, table.name))
    });
    dates.collect::<Vec<_>>().join(" union ")
}

/// Words that occur in hidden values.
const WORDS: &str =
    "select name as text from projects union select number from projects union select address_line from projects
    union select internal_status from project_internals where internal_status is not null
    union select title from selections where status = 'DRAFT'
    union select name from files union select name from albums union select title from threads where title is not null union select body from messages";

/// The values of a run.
#[derive(Debug, Clone, Default)]
pub(crate) struct Pool {
    /// Ids of both worlds, visible or not, by type.
    ids: BTreeMap<[u8; 2], Vec<String>>,
    /// Ids in answers, by type.
    seen: BTreeMap<[u8; 2], Vec<String>>,
    cursors: Vec<String>,
    words: Vec<String>,
    days: Vec<NaiveDate>,
}

impl Pool {
    /// Reads the values of two worlds.
    pub(crate) async fn of(a: &TestDatabase, b: &TestDatabase) -> Self {
        let mut pool = Self::default();
        let (mut words, mut days) = (BTreeSet::new(), BTreeSet::new());
        let of_kind = |(tag, table): &(Tag, &str)| {
            let [a, b] = tag.0.map(char::from);
            format!("select '{a}{b}' || id as text from {table}")
        };
        let ids = kinds().iter().map(of_kind).collect::<Vec<_>>().join(" union all ");
        for database in [a, b] {
            for text in database.db_texts(&ids).await {
                let (tag, id) = text.split_at(2);
                let (Ok(tag), Ok(id)) = (<[u8; 2]>::try_from(tag.as_bytes()), Uuid::parse_str(id)) else { continue };
                pool.ids.entry(tag).or_default().push(TestApp::global(Tag(tag), id));
            }
            words.extend(database.db_texts(WORDS).await);
            days.extend(
                database.db_texts(&query_of_days()).await.iter().filter_map(|day| day.parse::<NaiveDate>().ok()),
            );
        }
        // Sorted: a seed means the same in every run.
        pool.ids.values_mut().for_each(|ids| {
            ids.sort();
            ids.dedup();
        });
        words.extend(World::demo().expect("the demo is consistent").secrets().texts);
        pool.words = words.into_iter().collect();
        pool.days = days.into_iter().collect();
        pool
    }

    /// Adds the ids and cursors of an answer.
    pub(crate) fn harvest(&mut self, answer: &Json) {
        let Some(data) = answer.get("data") else { return };
        for (path, leaf) in leaves(data) {
            let Some(text) = leaf.as_str() else { continue };
            if path.to_ascii_lowercase().ends_with("cursor") && !self.cursors.iter().any(|known| known == text) {
                self.cursors.push(text.to_owned());
            }
            if text.len() == 24
                && let Ok(id) = GlobalId::parse(text)
            {
                let known = self.seen.entry(id.tag.0).or_default();
                if !known.iter().any(|known| known == text) {
                    known.push(text.to_owned());
                }
            }
        }
    }

    /// An id, usually of the wanted type.
    pub(crate) fn id(&self, random: &mut Rng, wanted: Option<Tag>) -> String {
        let tag = match wanted {
            Some(tag) if random.u8(..100) < 85 => tag.0,
            _ => random.choice(kinds()).map_or(*b"PR", |(tag, _)| tag.0),
        };
        let of = |ids: &BTreeMap<[u8; 2], Vec<String>>, random: &mut Rng| {
            ids.get(&tag).and_then(|ids| random.choice(ids.iter()).cloned())
        };
        let nothing = |random: &mut Rng| GlobalId::new(Tag(tag), Uuid::from_u128(random.u128(..))).to_string();
        match random.u8(..100) {
            0..55 => of(&self.seen, random).unwrap_or_else(|| nothing(random)),
            55..85 => of(&self.ids, random).unwrap_or_else(|| nothing(random)),
            85..90 => nothing(random),
            // An existing record, with the tag of another type.
            90..95 => {
                let all: Vec<_> = self.ids.values().flatten().collect();
                let uuid = random.choice(all).and_then(|id| GlobalId::parse(id).ok()).map_or(Uuid::nil(), |id| id.uuid);
                GlobalId::new(Tag(tag), uuid).to_string()
            }
            _ => {
                let id = of(&self.ids, random).unwrap_or_default();
                let cut = random.usize(..=id.len());
                random
                    .choice([id[..cut].to_owned(), format!("{id}="), String::new(), "1".to_owned()])
                    .unwrap_or_default()
            }
        }
    }

    /// A cursor of any list.
    pub(crate) fn cursor(&self, random: &mut Rng) -> String {
        match random.choice(self.cursors.iter()) {
            Some(cursor) if random.u8(..100) < 80 => cursor.clone(),
            Some(cursor) => cursor[..cursor.len() / 2].to_owned(),
            None => "AAAA".to_owned(),
        }
    }

    /// Search words, or a part of one.
    pub(crate) fn words(&self, random: &mut Rng) -> String {
        let text = random.choice(self.words.iter()).cloned().unwrap_or_default();
        let words: Vec<_> = text.split_whitespace().collect();
        let word = random.choice(words.iter()).copied().unwrap_or_default();
        match random.u8(..100) {
            0..45 => word.to_owned(),
            45..70 => word.chars().take(random.usize(1..4)).collect(),
            70..85 => words.iter().take(3).copied().collect::<Vec<_>>().join(" "),
            85..95 => random
                .choice(["", " ", "%", "_", "a", "street", "AB-20", "\u{0}", "e o"])
                .unwrap_or_default()
                .to_owned(),
            _ => text,
        }
    }

    /// A date in the data, or next to one.
    pub(crate) fn day(&self, random: &mut Rng) -> String {
        let day = random.choice(self.days.iter()).copied().unwrap_or_default();
        match random.u8(..100) {
            0..60 => day.to_string(),
            60..75 => day.checked_add_days(Days::new(1)).unwrap_or(day).to_string(),
            75..90 => day.checked_sub_days(Days::new(1)).unwrap_or(day).to_string(),
            _ => random.choice(["1900-01-01", "2199-12-31", "2026-02-30", "soon", ""]).unwrap_or_default().to_owned(),
        }
    }
}
