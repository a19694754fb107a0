//! Converts values to columns of row structs.

use chrono::{DateTime, NaiveDate, Utc};
use portico_core::access::{Permission, Role};
use portico_core::accounts::SummaryFrequency;
use portico_core::company::Weekday;
use portico_core::contacts::ContactKind;
use portico_core::decisions::{DecisionKind, DecisionOutcome, DecisionSubject};
use portico_core::files::{
    AttachmentRecord, FileAuthorKind, FileKind, FilePurpose, FileSource, FileState, ObjectState, RenditionKind,
    RenditionState, ScanResult,
};
use portico_core::invitations::InvitationState;
use portico_core::leads::{LeadSource, LeadState};
use portico_core::mail::MailTemplate;
use portico_core::messages::{AuthorKind, ThreadAudience, ThreadKind, ThreadSubject};
use portico_core::money::Currency;
use portico_core::portal::{Feature, HelpArticleState, ScheduleShare};
use portico_core::projects::{AccessLevel, ClientRelationship, MembershipKind, ProjectStage, ProjectStatus};
use portico_core::schedule::{DelayCause, DependencyKind, LagUnit, VersionState};
use portico_core::selections::{AllowanceCovers, AllowanceEntryKind, SelectionStatus, UnusedAllowancePolicy};
use portico_store::rows::Text;
use rust_decimal::Decimal;
use uuid::Uuid;

/// Makes a row: `row!(Location { id, name: &location.name, .. })`. Omitted columns are null, zero or empty.
#[macro_export]
macro_rules! row {
    ($row:ident {}) => { $crate::rows::$row::default() };
    ($row:ident { $($column:ident $(: $value:expr)?),* $(,)? }) => {{
        let mut row = $crate::rows::$row::default();
        $(row.$column = $crate::IntoColumn::into_column($crate::row!(@ $column $($value)?));)*
        row
    }};
    (@ $column:ident) => { $column };
    (@ $column:ident $value:expr) => { $value };
}

/// Makes a row and adds it: `add!(rows => Location { id, name: &location.name, .. })`.
#[macro_export]
macro_rules! add {
    ($to:expr => $row:ident $columns:tt) => {{
        let row = $crate::row!($row $columns);
        $to.add(row);
    }};
}

/// Value of a column.
pub trait IntoColumn<T> {
    /// Converts it to the column's type.
    fn into_column(self) -> T;
}

macro_rules! into_column {
    ($($from:ty => $to:ty, $value:ident: $into:expr;)+) => {
        $(impl IntoColumn<$to> for $from {
            fn into_column(self) -> $to {
                let $value = self;
                $into
            }
        })+
    };
}
macro_rules! as_they_are {
    ($($type:ty)+) => { into_column! { $($type => $type, value: value;)+ } };
}
macro_rules! by_their_text {
    ($($type:ty)+) => {
        into_column! {
            $($type => Text, value: value.as_str().into(); &Vec<$type> => Vec<Text>, values: texts_of(values, |value| value.as_str());)+
        }
    };
}
as_they_are! { Uuid Text bool i32 i64 Decimal NaiveDate DateTime<Utc> Vec<Text> }
by_their_text! {
    AccessLevel AllowanceCovers AllowanceEntryKind AttachmentRecord AuthorKind ClientRelationship ContactKind Currency DecisionKind DecisionOutcome DecisionSubject DelayCause DependencyKind Feature FileAuthorKind FileKind FilePurpose FileSource FileState
    HelpArticleState InvitationState LagUnit LeadSource
    LeadState MailTemplate MembershipKind ObjectState Permission ProjectStage ProjectStatus RenditionKind
    RenditionState Role ScanResult ScheduleShare SelectionStatus SummaryFrequency ThreadAudience
    ThreadKind ThreadSubject UnusedAllowancePolicy VersionState Weekday
}
into_column! {
    &'static str => Text, text: text.into();
    String => Text, text: text.into();
    &String => Text, text: text.clone().into();
    &Text => Text, text: text.clone();
    &Vec<Text> => Vec<Text>, texts: texts.clone();
    u32 => i32, number: number.cast_signed();
}

fn texts_of<T: Copy>(values: &[T], text: fn(T) -> &'static str) -> Vec<Text> {
    values.iter().map(|value| text(*value).into()).collect()
}

impl<A: IntoColumn<B>, B> IntoColumn<Option<B>> for Option<A> {
    fn into_column(self) -> Option<B> {
        self.map(A::into_column)
    }
}

impl<'a, A, B> IntoColumn<Option<B>> for &'a Option<A>
where
    &'a A: IntoColumn<B>,
{
    fn into_column(self) -> Option<B> {
        self.as_ref().map(<&A>::into_column)
    }
}
