//! Terms of the registrations in `tables.rs`, and their macro.
//!
//! The macro generates diesel's tables, the row structs of fixtures and [`TABLES`](crate::tables::TABLES), from which the
//! generation triggers and the lists of tests are derived.

use std::fmt::Write as _;

use diesel::QueryableByName;
use diesel::sql_types::{Bool, Nullable, Text};
use portico_core::UnknownVariant;

/// A table, as registered in `tables.rs`.
#[derive(Debug)]
pub struct Table {
    /// The table's name in the schema `public`.
    pub name: &'static str,
    /// Columns of its primary key.
    pub key: &'static [&'static str],
    /// The owner of each row.
    pub owner: Owner,
    /// The effect of a change on the owner's generation.
    pub generation: Generation,
    /// Reason why fixtures leave it empty. None for a table that every world fills.
    pub operational: Option<&'static str>,
    /// Its columns.
    pub columns: &'static [Column],
}

/// A column of a table.
#[derive(Debug)]
pub struct Column {
    /// The column's name.
    pub name: &'static str,
    /// diesel's type, such as `Nullable<Text>`.
    pub sql_type: &'static str,
    /// The callers who may know its values.
    pub known_to: KnownTo,
    /// Whether the database computes it, from other columns or from other rows.
    pub is_generated: bool,
    /// Refuses a text that is not a value of the column's enumeration; none for other columns, and in operational tables.
    pub enumeration: Option<Enumeration>,
}

/// Check of a text against an enumeration.
pub type Enumeration = fn(&str) -> Result<(), UnknownVariant>;

impl Column {
    /// diesel's type without `Nullable`.
    pub fn plain_type(&self) -> &'static str {
        self.sql_type.strip_prefix("Nullable<").map_or(self.sql_type, |inner| inner.trim_end_matches('>'))
    }

    /// Whether it may be null.
    pub fn is_nullable(&self) -> bool {
        self.sql_type != self.plain_type()
    }
}

/// Owner of a table's rows, with the column of its id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owner {
    /// A project and its company.
    Project(&'static str),
    /// A company.
    Company(&'static str),
    /// A person, across all companies.
    Person(&'static str),
    /// The installation: the platform's own rows, or rows of several kinds of owners.
    Installation,
}

/// Effect of a changed row on the owner's generation (docs/decisions/0006-generations-change-at-commit.md).
///
/// A row that outsiders can see changes `shared` and `internal`, any other row only `internal`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Generation {
    /// Outsiders can see every row.
    Shared,
    /// Outsiders can see rows for which this condition holds.
    SharedIf(&'static str),
    /// As `Shared`. Also locks the person or contact in this column, so that concurrent changes of the name wait.
    SharedAndLocks(&'static str),
    /// Outsiders can see milestones. The commit rolls up their tasks.
    OfMilestone,
    /// Outsiders can see tasks that clients may view or a trade partner is assigned to. The commit rolls up their milestones.
    OfTask,
    /// Trade partners assigned to the task in `task_id` can see its rows.
    ByTask,
    /// As `ByTask`, for assignees: those that are trade partners decide who sees the task.
    OfAssignee,
    /// Outsiders can see rows of a shared selection. `selection_id` names the selection, which must not be a draft.
    BySelection,
    /// Outsiders can see rows of a file that is available and shared. `file_id` names the file.
    ByFile,
    /// As `ByFile`, on a record that outsiders can see: clients no task, and nothing hidden from them.
    ByFileAndRecord,
    /// Outsiders can see the names of staff, in all projects of their companies.
    OfPerson,
    /// Outsiders can see the names of members, in all their projects.
    OfContact,
    /// No outsider sees any row.
    Internal,
    /// No cached row depends on the table, for this reason.
    Untracked(&'static str),
}

/// The callers who may know the values of a column.
///
/// The two-worlds test changes a column's values in rows where the caller may not know them; the crawl searches outsiders'
/// answers for the texts and amounts of columns hidden from them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KnownTo {
    /// Identifies or relates rows and contains no other information.
    Key,
    /// All callers, also without a token.
    Public,
    /// Every caller who may see the row.
    Viewers,
    /// Every caller, by its effect: it determines which rows or columns are visible.
    Rule,
    /// Staff and trade partners who may see the row; no client.
    StaffAndTrades,
    /// Staff and clients who may see the row; no trade partner.
    StaffAndClients,
    /// Staff, or the platform's support; no client and no trade partner.
    Staff,
    /// As `Staff`, for values that outsiders also see elsewhere: states, codes and addresses. Answers cannot be searched for
    /// them.
    StaffCommon,
    /// No caller: no role view reads it.
    NoCaller,
}

impl KnownTo {
    /// Whether it is hidden from clients in every row.
    pub const fn is_kept_from_clients(self) -> bool {
        matches!(self, Self::StaffAndTrades | Self::Staff | Self::StaffCommon | Self::NoCaller)
    }

    /// Whether it is hidden from trade partners in every row.
    pub const fn is_kept_from_trades(self) -> bool {
        matches!(self, Self::StaffAndClients | Self::Staff | Self::StaffCommon | Self::NoCaller)
    }
}

impl Table {
    /// Query of (owner, gate, the gate's id, a task of it) over `changed`. These are the rows that a statement has changed.
    /// None if untracked.
    fn moves(&self) -> Option<String> {
        let owner = match self.owner {
            Owner::Project(column) | Owner::Company(column) | Owner::Person(column) => column,
            Owner::Installation => "null::uuid",
        };
        let plain = |gate: &str, id: &str| format!("select {owner}, {gate}, {id}, null::uuid from changed");
        let shared = plain("'SHARED'", "null::uuid");
        Some(match self.generation {
            Generation::Untracked(_) => return None,
            Generation::Shared => shared,
            Generation::SharedIf(condition) => {
                plain(&format!("case when {condition} then 'SHARED' else 'INTERNAL' end"), "null::uuid")
            }
            Generation::SharedAndLocks(column) => {
                format!("{shared} union all select {column}, 'LOCK', null, null from changed")
            }
            Generation::OfMilestone => {
                format!("{shared} union all {}", plain("'MILESTONE'", "id"))
            }
            // The second part: tasks of which a rolled-up column has changed, in both states, and new and deleted ones.
            Generation::OfTask => format!(
                "select {owner}, case when client_viewable then 'SHARED' else 'TASK' end,
                    case when not client_viewable then id end, null::uuid
                from changed
                union all
                select {owner}, 'MILESTONE', milestone_id, null
                from changed where milestone_id is not null
                group by {owner}, id, milestone_id, finish_on, work_days, percent_complete having count(*) = 1"
            ),
            // Rows that are deleted with their task change nothing beyond it.
            Generation::ByTask => format!(
                "select c.{owner}, case when t.id is null then 'INTERNAL' else 'TASK' end, t.id, null::uuid
                from changed c left join tasks t on t.id = c.task_id"
            ),
            Generation::OfAssignee => format!(
                "select c.{owner},
                    case when t.id is not null and c.project_membership_id is not null then 'SHARED'
                        when t.id is not null then 'TASK'
                        when c.project_membership_id is not null then 'ASSIGNED'
                        else 'INTERNAL' end,
                    case when c.project_membership_id is null or t.id is null then c.task_id end, null::uuid
                from changed c left join tasks t on t.id = c.task_id"
            ),
            Generation::BySelection => plain("'SELECTION'", "selection_id"),
            Generation::ByFile => plain("'FILE'", "file_id"),
            Generation::ByFileAndRecord => format!(
                "select {owner},
                    case when record_kind = 'TASK' or hidden_from_clients then 'TRADE_ATTACHMENT' else 'ATTACHMENT' end,
                    file_id, record_id
                from changed"
            ),
            Generation::OfPerson => "select id, 'IDENTITY', null::uuid, null::uuid from changed".to_owned(),
            Generation::OfContact => "select id, 'CONTACT', null::uuid, null::uuid from changed".to_owned(),
            Generation::Internal => plain("'INTERNAL'", "null::uuid"),
        })
    }
}

/// A table whose changes are tracked, or the reason why they are not, as last created in a database.
#[derive(Debug, QueryableByName)]
pub(crate) struct TrackedTable {
    #[diesel(sql_type = Text)]
    table_name: String,
    #[diesel(sql_type = Nullable<Text>)]
    moves: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    reason: Option<String>,
    /// Whether its triggers exist and are enabled.
    #[diesel(sql_type = Bool)]
    is_complete: bool,
}

impl TrackedTable {
    fn is_of(&self, table: &Table) -> bool {
        let reason = match table.generation {
            Generation::Untracked(reason) => Some(reason),
            _ => None,
        };
        self.table_name == table.name
            && self.is_complete
            && self.moves == table.moves()
            && self.reason.as_deref() == reason
    }
}

/// SQL that creates the generation triggers that a database lacks, and drops those that it should not have. Empty if there
/// are none. It calls procedures of `role_views/generations.sql`; for an untracked table it stores the reason.
pub(crate) fn triggers_to_replace(tables: &[Table], tracked: &[TrackedTable]) -> String {
    let mut sql = String::new();
    for old in tracked.iter().filter(|old| !tables.iter().any(|table| old.is_of(table))) {
        let _ = writeln!(sql, "call generation.forget('{}');", old.table_name);
    }
    for table in tables.iter().filter(|table| !tracked.iter().any(|old| old.is_of(table))) {
        let name = table.name;
        if let Some(moves) = table.moves() {
            let _ = writeln!(sql, "call generation.track('{name}', $${moves}$$);");
        } else if let Generation::Untracked(reason) = table.generation {
            let _ = writeln!(sql, "call generation.leave('{name}', '{}');", reason.replace('\'', "''"));
        }
    }
    sql
}

/// Generates [`TABLES`](crate::tables::TABLES), diesel's tables, and row structs.
///
/// A column of texts may name the enumeration of its values: `state -> Text as LeadState`.
macro_rules! tables {
    (@enumeration) => { None };
    (@enumeration $enumeration:ident) => { Some(|text| text.parse::<$enumeration>().map(drop)) };
    (
        filled { $(
            $row:ident: $table:ident ($($key:ident),+)
            $(, generated (
                $($computed:ident -> $computed_type:ident $(<$computed_inner:ident>)?: $computed_known:ident),+
            ))?
            {
                owner $owner:expr;
                generation $generation:expr;
                $($known:ident {
                    $($column:ident -> $type:ident $(<$inner:ident>)? $(as $enumeration:ident)?,)+
                })*
            }
        )+ }
        operational { $(
            $other:ident ($($other_key:ident),+), $reason:literal
            {
                owner $other_owner:expr;
                generation $other_generation:expr;
                $($other_known:ident { $($other_column:ident -> $other_type:ident $(<$other_inner:ident>)?,)+ })*
            }
        )+ }
    ) => {
        /// All tables of the schema `public`: those that worlds fill, each after the tables that it references, then the others.
        pub static TABLES: &[Table] = &[
            $(Table {
                name: stringify!($table),
                key: &[$(stringify!($key)),+],
                owner: $owner,
                generation: $generation,
                operational: None,
                columns: &[
                    $($(Column {
                        name: stringify!($column),
                        sql_type: concat!(stringify!($type) $(, "<", stringify!($inner), ">")?),
                        known_to: KnownTo::$known,
                        is_generated: false,
                        enumeration: tables!(@enumeration $($enumeration)?),
                    },)+)*
                    $($(Column {
                        name: stringify!($computed),
                        sql_type: concat!(stringify!($computed_type) $(, "<", stringify!($computed_inner), ">")?),
                        known_to: KnownTo::$computed_known,
                        is_generated: true,
                        enumeration: None,
                    },)+)?
                ],
            },)+
            $(Table {
                name: stringify!($other),
                key: &[$(stringify!($other_key)),+],
                owner: $other_owner,
                generation: $other_generation,
                operational: Some($reason),
                columns: &[
                    $($(Column {
                        name: stringify!($other_column),
                        sql_type: concat!(stringify!($other_type) $(, "<", stringify!($other_inner), ">")?),
                        known_to: KnownTo::$other_known,
                        is_generated: false,
                        enumeration: None,
                    },)+)*
                ],
            },)+
        ];

        /// diesel's tables.
        pub(crate) mod base {
            $(diesel::table! { $table ($($key),+) { $($($column -> $type $(<$inner>)?,)+)* } })+
            $(diesel::table! {
                $other ($($other_key),+) { $($($other_column -> $other_type $(<$other_inner>)?,)+)* }
            })+
        }

        #[expect(missing_docs, reason = "a row struct's fields are its table's columns")]
        pub(crate) mod rows {
            use diesel::sql_types::*;
            use tokio_postgres::types::ToSql;

            use crate::rows::{ColumnType, Row, Table};

            enum Index { $($row),+ }

            /// The tables that fixtures fill, each after the tables that it references.
            pub static TABLES: &[Table] = &[$(Table {
                name: stringify!($table),
                columns: &[$($(stringify!($column)),+),*],
                types: &[$($(<$type $(<$inner>)? as ColumnType>::TYPE),+),*],
            }),+];

            $(
                #[derive(Debug, Clone, Default, PartialEq, serde::Serialize)]
                pub struct $row {
                    $($(pub $column: <$type $(<$inner>)? as ColumnType>::Value,)+)*
                }

                impl Row for $row {
                    fn table(&self) -> usize {
                        Index::$row as usize
                    }

                    fn values(&self) -> Vec<&(dyn ToSql + Sync)> {
                        vec![$($(&self.$column),+),*]
                    }

                    fn id_mut(&mut self, column: &str) -> Option<&mut uuid::Uuid> {
                        match column {
                            $($(stringify!($column) => (&mut self.$column as &mut dyn std::any::Any).downcast_mut(),)+)*
                            _ => None,
                        }
                    }

                    fn to_json(&self) -> serde_json::Value {
                        serde_json::json!(self)
                    }

                    fn set(&mut self, column: &str, value: serde_json::Value) -> serde_json::Result<()> {
                        match column {
                            $($(stringify!($column) => self.$column = serde_json::from_value(value)?,)+)*
                            _ => return Err(serde::de::Error::custom("no such column")),
                        }
                        Ok(())
                    }
                }
            )+
        }
    };
}
pub(crate) use tables;
