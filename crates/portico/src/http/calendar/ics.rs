//! Writes a calendar (RFC 5545).
//!
//! Equal content has equal bytes: no time of the request, no random id.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use icalendar::{Calendar, Component, Event, EventLike, Property};
use portico_core::access::Audience;
use portico_core::id::{GlobalId, Tag, TaskId};
use portico_core::schedule::MilestoneStatus;
use portico_store::schedule::{FEED_NOTES, FeedContent, MilestoneRow, TaskRow};

const PRODUCT: &str = "-//Portico//Schedule//EN";
/// Right-hand side of the events' ids. No host: an event stays the same when the portal moves to another one.
const DOMAIN: &str = "portico";
/// How often apps should ask for changes.
const REFRESH: TimeDelta = TimeDelta::hours(4);
/// Maximum length of a line, in octets without the line break.
const LINE: usize = 75;

/// The calendar of what a member sees, without events while they see no published schedule: apps then remove the events that they had.
pub(super) fn calendar(content: &FeedContent, audience: Audience) -> String {
    let mut calendar = Calendar::empty();
    let name = plain(&content.project.name);
    for (key, value) in [("VERSION", "2.0"), ("PRODID", PRODUCT), ("CALSCALE", "GREGORIAN"), ("METHOD", "PUBLISH")] {
        calendar.append_property((key, value));
    }
    // With the type of its value, since the library escapes only texts that it knows.
    calendar.append_property(Property::new("NAME", name.as_str()).add_parameter("VALUE", "TEXT").done());
    calendar.append_property(("X-WR-CALNAME", name.as_str()));
    calendar.ttl(&REFRESH);
    let version = content.version.as_ref().and_then(|version| Some((version.number?, version.published_at?)));
    let Some((number, published_at)) = version else { return folded(&calendar.to_string()) };
    // Trade partners have several projects side by side.
    let of_project = if audience == Audience::Trade { format!(" ({name})") } else { String::new() };
    let writer = Writer { of_project, number: number.unsigned_abs(), published_at };
    let notes: HashMap<TaskId, &str> =
        content.briefs.iter().map(|brief| (brief.task_id, brief.public_notes.as_str())).collect();
    calendar.extend(content.tasks.iter().map(|task| writer.task(task, notes.get(&task.id).copied())));
    calendar.extend(content.milestones.iter().filter_map(|milestone| writer.milestone(milestone)));
    folded(&calendar.to_string())
}

/// Folds lines of more than 75 octets between characters. The library's last part of a line can have 76, with its space.
fn folded(calendar: &str) -> String {
    let mut text = String::with_capacity(calendar.len());
    for mut rest in calendar.replace("\r\n ", "").split_terminator("\r\n") {
        let mut room = LINE;
        while rest.len() > room {
            let (line, next) = rest.split_at(rest.floor_char_boundary(room));
            text.push_str(line);
            text.push_str("\r\n ");
            // The space counts.
            (rest, room) = (next, LINE - 1);
        }
        text.push_str(rest);
        text.push_str("\r\n");
    }
    text
}

struct Writer {
    /// What follows the names of events.
    of_project: String,
    /// Number of the published version.
    number: u32,
    published_at: DateTime<Utc>,
}

impl Writer {
    fn task(&self, task: &TaskRow, notes: Option<&str>) -> Event {
        let progress = percent(task.percent_complete);
        let description = match notes.filter(|notes| !notes.trim().is_empty()) {
            Some(notes) => format!("{progress}\n\n{}", shortened(notes)),
            None => progress,
        };
        let id = GlobalId::new(Tag::TASK, task.id.0);
        self.event(id, &task.name, (task.start_on, task.finish_on), &description)
    }

    /// On the day on which it is expected to be reached; none without a day that the member sees.
    fn milestone(&self, milestone: &MilestoneRow) -> Option<Event> {
        let day = milestone.anticipated_finish_on?;
        let status = match milestone.status {
            MilestoneStatus::NotStarted => "not started",
            MilestoneStatus::Started => "started",
            MilestoneStatus::Completed => "completed",
        };
        let mut description = format!("Milestone, {status}");
        if let Some(complete) = milestone.percent_complete {
            description.push_str(&format!(", {}", percent(complete)));
        }
        Some(self.event(GlobalId::new(Tag::MILESTONE, milestone.id.0), &milestone.name, (day, day), &description))
    }

    fn event(&self, id: GlobalId, name: &str, (first, last): (NaiveDate, NaiveDate), description: &str) -> Event {
        let mut event = Event::new();
        event
            .uid(&format!("{id}@{DOMAIN}"))
            .sequence(self.number)
            .timestamp(self.published_at)
            .last_modified(self.published_at)
            .starts(first)
            // The end is exclusive.
            .ends(last.succ_opt().unwrap_or(last))
            .summary(&format!("{}{}", plain(name), self.of_project))
            .description(&plain(description))
            // All-day events should not make the member appear busy.
            .add_property("TRANSP", "TRANSPARENT")
            .done()
    }
}

fn percent(complete: i32) -> String {
    format!("{complete} % complete")
}

fn shortened(notes: &str) -> String {
    match notes.char_indices().nth(FEED_NOTES as usize) {
        Some((end, _)) => format!("{}…", &notes[..end]),
        None => notes.to_owned(),
    }
}

/// The text with one kind of line break, and without controls, which calendars cannot contain.
fn plain(text: &str) -> String {
    let text = text.replace("\r\n", "\n");
    let kept = text.chars().filter_map(|letter| match letter {
        '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => Some('\n'),
        '\t' => Some(' '),
        _ if letter.is_control() || portico_core::text::is_unfit(letter) => None,
        _ => Some(letter),
    });
    kept.collect()
}

#[cfg(test)]
mod tests {
    use portico_core::id::new_uuid;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    fn written(name: &str, description: &str) -> String {
        let published_at = "2026-11-28T10:30:00.123456Z".parse().expect("a time");
        let writer = Writer { of_project: String::new(), number: 7, published_at };
        let days = (day("2028-02-28"), day("2028-02-29"));
        folded(&writer.event(GlobalId::new(Tag::TASK, new_uuid()), name, days, description).to_string())
    }

    /// The value of a property, unfolded and unescaped.
    fn read(event: &str, property: &str) -> String {
        let whole = event.replace("\r\n ", "");
        let start = format!("{property}:");
        let line = whole.split("\r\n").find_map(|line| line.strip_prefix(&start)).expect("the property");
        let mut letters = line.chars();
        let mut text = String::new();
        while let Some(letter) = letters.next() {
            text.push(match letter {
                '\\' => match letters.next().expect("an escaped letter") {
                    'n' => '\n',
                    other => other,
                },
                other => other,
            });
        }
        text
    }

    #[test]
    fn event_has_these_lines() {
        let event = written("Frame walls", "40 % complete");
        let (start, rest) = event.split_once("UID:").expect("an id");
        let (_, rest) = rest.split_once("\r\n").expect("a line");
        let lines = [
            "BEGIN:VEVENT",
            "DESCRIPTION:40 % complete",
            "DTEND;VALUE=DATE:20280301",
            "DTSTAMP:20261128T103000Z",
            "DTSTART;VALUE=DATE:20280228",
            "LAST-MODIFIED:20261128T103000Z",
            "SEQUENCE:7",
            "SUMMARY:Frame walls",
            "TRANSP:TRANSPARENT",
            "END:VEVENT",
            "",
        ];
        assert_eq!(format!("{start}{rest}"), lines.join("\r\n"));
    }

    #[test]
    fn lines_are_short_and_keep_characters_whole() {
        let parts = ["a", " ", ",", ";", "\\", "\n", "é", "厨", "🏗️", "👷🏽‍♀️", "\"", ":", "\u{a0}", "\u{3000}"];
        let mut random = fastrand::Rng::with_seed(46);
        for round in 0..2_000 {
            let text: String = (0..random.usize(1..300)).map(|_| parts[random.usize(..parts.len())]).collect();
            let event = written(&text, &text);
            for line in event.split("\r\n") {
                assert!(line.len() <= 75, "{round}: {} octets in {line:?}", line.len());
                assert!(!line.contains(['\r', '\n']), "{round}: {line:?}");
            }
            assert_eq!(read(&event, "SUMMARY"), text, "{round}");
            assert_eq!(read(&event, "DESCRIPTION"), text, "{round}");
        }
    }

    #[test]
    fn text_cannot_add_lines_or_controls() {
        for (text, shown) in [
            ("a\r\nEND:VEVENT\r\nb", "a\nEND:VEVENT\nb"),
            ("a\rb\u{85}c\u{2028}d\u{2029}e\u{b}f\u{c}g", "a\nb\nc\nd\ne\nf\ng"),
            ("a\0b\u{7}c\u{1b}[0m\u{7f}\u{9c}d\u{fffe}", "abc[0md"),
            ("tab\there", "tab here"),
            ("\\n is no line break", "\\n is no line break"),
        ] {
            let event = written(text, text);
            assert_eq!(read(&event, "SUMMARY"), shown, "{text:?}");
            assert_eq!(event.matches("\r\nEND:VEVENT\r\n").count(), 1, "{event:?}");
            let is_kept = |letter: char| !letter.is_control() || matches!(letter, '\r' | '\n');
            assert!(event.chars().all(is_kept), "{event:?}");
        }
    }

    #[test]
    fn long_notes_are_cut() {
        const NOTES: usize = FEED_NOTES as usize;
        assert_eq!(shortened(&"五".repeat(NOTES)), "五".repeat(NOTES));
        assert_eq!(shortened(&"五".repeat(NOTES + 1)), format!("{}…", "五".repeat(NOTES)));
    }
}
