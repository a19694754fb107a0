//! Creates a project with any number of records.

use chrono::{NaiveDate, TimeDelta};
use portico_core::access::Role;
use portico_core::clock::Clock;
use portico_core::decisions::{DecisionKind, DecisionOutcome, Evidence, NewDecision};
use portico_core::files::{
    AttachmentRecord, FileAuthorKind, FileKind, FilePurpose, FileSource, FileState, ObjectState, RenditionKind,
    RenditionState, ScanResult,
};
use portico_core::id::{DecisionId, Tag, new_uuid};
use portico_core::messages::{AuthorKind, ThreadAudience, ThreadKind, ThreadSubject};
use portico_core::portal::{Feature, ScheduleShare};
use portico_core::projects::{AccessLevel, ClientRelationship, MembershipKind, ProjectStage, ProjectStatus};
use portico_core::schedule::{DelayCause, DependencyKind, LagUnit, VersionState};
use portico_core::selections::{AllowanceCovers, AllowanceEntryKind, SelectionStatus, UnusedAllowancePolicy};
use portico_fixtures::world::World;
use portico_fixtures::{Chain, DecisionRows, Rows, add, demo_decision_keys};
use uuid::Uuid;

use crate::TestApp;

const FEATURES: [Feature; 6] =
    [Feature::Dashboard, Feature::Selections, Feature::Schedule, Feature::Team, Feature::Messages, Feature::Documents];

impl TestApp {
    /// Adds a project with `count` records of each kind. It belongs to the demo's first company, is shared with the demo's
    /// client and trade partner, and is listed for its key. Returns its id.
    pub async fn db_grown_project(&self, count: usize) -> String {
        let count = i32::try_from(count).expect("a small number");
        let mut grown = Grown {
            rows: Rows::default(),
            company_id: World::id("alderbrook"),
            project_id: new_uuid(),
            client: new_uuid(),
            trade: new_uuid(),
            author: World::id("alderbrook/staff/ruth"),
            selections: Vec::new(),
            options: Vec::new(),
        };
        grown.project();
        grown.team(count);
        grown.schedule(count);
        grown.selections(count);
        grown.decisions(count);
        for number in 0..count {
            for audience in ThreadAudience::ALL {
                grown.thread(*audience, None, if number == 0 { count } else { 1 });
            }
        }
        grown.files(count);
        grown.rows.insert(self.database().database()).await.expect("a grown project can be added");
        // Only a running gateway fills the audit log, so fixtures have no rows of it.
        let log = format!(
            "insert into activity (id, company_id, project_id, kind, subject_kind, subject_id, actor_kind, actor_id)
                select gen_random_uuid(), '{}', '{}', kind, 'PROJECT_MEMBERSHIP', '{}', 'OWNER', '{}'
                from generate_series(1, {count}), unnest(array['PROJECT_CLIENT_ADDED', 'PRIMARY_CLIENT_CHANGED']) kind",
            grown.company_id,
            grown.project_id,
            grown.client,
            World::id("people/ruth")
        );
        self.database().db_execute(&log).await;
        Self::global(Tag::PROJECT, grown.project_id)
    }
}

/// Builder of a project's rows. Ids are random: only the number of rows matters.
struct Grown {
    rows: Rows,
    company_id: Uuid,
    project_id: Uuid,
    /// The client's membership.
    client: Uuid,
    /// The trade partner's membership.
    trade: Uuid,
    /// The author of its notes.
    author: Uuid,
    /// Its selections.
    selections: Vec<Uuid>,
    options: Vec<Uuid>,
}

impl Grown {
    fn project(&mut self) {
        let &mut Self { company_id, project_id, client, trade, .. } = self;
        let created_at = Clock::of_server().moment();
        add!(self.rows => Project {
            id: project_id, company_id, number: format!("G-{}", project_id.simple()), name: "Grown",
            address_line: "1 Long List Lane", city: "Denver", region: "CO", postal_code: "80202", country: "US",
            status: ProjectStatus::Active, stage: ProjectStage::Construction, time_zone: "America/Denver", currency: "USD",
            contract_total_minor: Some(100_i64), version: 1, created_at,
        });
        add!(self.rows => ProjectInternal { project_id, company_id, budget_minor: Some(77_i64) });
        let schedule_share = ScheduleShare::Gantt;
        let simple = project_id.simple().to_string();
        add!(self.rows => ProjectPortal {
            // The end of the id is random.
            project_id, company_id, features: &FEATURES.to_vec(), schedule_share, shares_baseline: true, mail_key: simple[simple.len() - 24..].to_owned(),
        });
        let key_id = World::id("alderbrook/key/demo-reporting");
        add!(self.rows => ApiKeyProject { key_id, company_id, project_id });
        add!(self.rows => ProjectMembership {
            id: client, company_id, project_id, contact_id: World::id("alderbrook/contact/ana"),
            identity_id: World::id("people/ana"), kind: MembershipKind::Client,
            relationship: Some(ClientRelationship::PrimaryOwner), can_see_status: true, can_pay: true, can_approve: true,
            access_level: AccessLevel::Portal, created_at,
        });
        add!(self.rows => ProjectMembership {
            id: trade, company_id, project_id, contact_id: World::id("alderbrook/contact/tomas"),
            identity_id: World::id("people/tomas"), kind: MembershipKind::Trade, can_see_status: true, can_pay: true,
            access_level: AccessLevel::None, web_access: true, created_at,
        });
    }

    fn team(&mut self, count: i32) {
        let &mut Self { company_id, project_id, .. } = self;
        for sort in 1..=count {
            let staff_membership_id = self.rows_of_staff(sort);
            add!(self.rows => TeamMember {
                id: new_uuid(), company_id, project_id, staff_membership_id: Some(staff_membership_id), title: "Helper",
                is_shown: true, sort,
            });
        }
    }

    fn rows_of_staff(&mut self, sort: i32) -> Uuid {
        let identity = new_uuid();
        let email = format!("{identity}@example.com");
        add!(self.rows => Identity {
            id: identity, email: &email, email_canonical: &email, name: format!("Grown {sort}"), locale: "en",
            time_zone: "UTC", created_at: Clock::of_server().moment(),
        });
        let id = new_uuid();
        add!(self.rows => StaffMembership {
            id, company_id: self.company_id, identity_id: identity, role: Role::Staff, title: "Helper",
            created_at: Clock::of_server().moment(),
        });
        id
    }

    fn schedule(&mut self, count: i32) {
        self.templates(count);
        let &mut Self { company_id, project_id, .. } = self;
        let now = Clock::of_server().moment();
        let day = |day| NaiveDate::from_ymd_opt(2026, 1, day).expect("a day of January");
        for number in 1..=count {
            let version_id = new_uuid();
            let state = if number == count { VersionState::Published } else { VersionState::Superseded };
            add!(self.rows => ScheduleVersion {
                id: version_id, company_id, project_id, state, number: Some(number), published_at: Some(now), created_at: now,
                start_on: day(5), version: 1,
            });
            // One more than of other lists: a task without another has no dependency.
            self.plan(version_id, if number == count { count + 1 } else { 1 });
        }
        let mut before = None;
        for sort in 1..=count {
            let (milestone_id, task_id) = (new_uuid(), new_uuid());
            let name = format!("Milestone {sort}");
            add!(self.rows => Milestone {
                id: milestone_id, company_id, project_id, name, client_viewable: true, sort,
            });
            add!(self.rows => Task {
                id: task_id, company_id, project_id, milestone_id: Some(milestone_id), name: format!("Task {sort}"),
                start_on: day(5), finish_on: day(9), work_days: 5, client_viewable: true, sort, version: 1,
            });
            add!(self.rows => TaskInternal { task_id, company_id, project_id, private_notes: Some("private") });
            add!(self.rows => TaskBaseline { task_id, company_id, project_id, start_on: day(5), finish_on: day(8), work_days: 4 });
            add!(self.rows => TaskBrief { task_id, company_id, project_id, public_notes: "brief" });
            let project_membership_id = Some(self.trade);
            add!(self.rows => TaskAssignee { id: new_uuid(), company_id, project_id, task_id, project_membership_id });
            add!(self.rows => ScheduleDelay {
                id: new_uuid(), company_id, project_id, task_id: Some(task_id), start_on: day(5), days: 1, reason: "Rain",
                cause: DelayCause::Weather, client_viewable: true, version: 1,
            });
            if let Some(predecessor_id) = before.replace(task_id) {
                let kind = DependencyKind::FinishToStart;
                let lag_unit = LagUnit::WorkingDays;
                add!(self.rows => TaskDependency { task_id, predecessor_id, company_id, project_id, kind, lag_unit });
            }
            self.thread(ThreadAudience::Internal, Some((ThreadSubject::Task, task_id)), 1);
        }
    }

    /// Templates of the company.
    fn templates(&mut self, count: i32) {
        let (company_id, now) = (self.company_id, Clock::of_server().moment());
        for number in 1..=count {
            let id = new_uuid();
            add!(self.rows => ScheduleTemplate {
                id, company_id, name: format!("Template {id}"), plan: "{}", task_count: number, version: 1,
                updated_at: now,
            });
        }
    }

    /// The plan of a version: a task and a milestone, with as many assignees and dependencies as may be, for each.
    fn plan(&mut self, version_id: Uuid, count: i32) {
        let &mut Self { company_id, project_id, .. } = self;
        let day = |day| NaiveDate::from_ymd_opt(2026, 1, day).expect("a day of January");
        let mut before = None;
        for sort in 1..=count {
            let (milestone_id, id) = (new_uuid(), new_uuid());
            add!(self.rows => PlannedMilestone {
                id: milestone_id, company_id, project_id, version_id, milestone_id: new_uuid(), name: format!("Milestone {sort}"),
                client_viewable: true, sort,
            });
            add!(self.rows => PlannedTask {
                id, company_id, project_id, version_id, task_id: new_uuid(), planned_milestone_id: Some(milestone_id),
                name: format!("Task {sort}"), work_days: 5, start_on: day(5), finish_on: day(9), sort,
            });
            let (planned_task_id, project_membership_id) = (id, Some(self.trade));
            add!(self.rows => PlannedAssignee {
                id: new_uuid(), company_id, project_id, planned_task_id, project_membership_id,
            });
            if let Some(predecessor_id) = before.replace(id) {
                let (kind, lag_unit) = (DependencyKind::FinishToStart, LagUnit::WorkingDays);
                add!(self.rows => PlannedDependency {
                    planned_task_id, predecessor_id, company_id, project_id, kind, lag_unit,
                });
            }
        }
    }

    fn selections(&mut self, count: i32) {
        let &mut Self { company_id, project_id, trade: project_membership_id, .. } = self;
        let first = NaiveDate::from_ymd_opt(2026, 12, 1).expect("a day of December");
        for sort in 1..=count {
            let (location_id, allowance_id, selection_id) = (new_uuid(), new_uuid(), new_uuid());
            self.selections.push(selection_id);
            add!(self.rows => Location { id: location_id, company_id, project_id, name: format!("Room {sort}"), sort });
            add!(self.rows => Allowance {
                id: allowance_id, company_id, project_id, name: format!("Allowance {sort}"),
                granted_minor: 1_000 * i64::from(sort), covers: AllowanceCovers::Material,
                unused_policy: UnusedAllowancePolicy::Keep, sort, version: 1,
            });
            for number in 0..count {
                add!(self.rows => AllowanceEntry {
                    id: new_uuid(), company_id, project_id, allowance_id, selection_id: (number > 0).then_some(selection_id),
                    kind: if number == 0 { AllowanceEntryKind::Granted } else { AllowanceEntryKind::Approved },
                    amount_minor: i64::from(number), created_at: Clock::of_server().moment(),
                });
            }
            add!(self.rows => AllowanceCost { allowance_id, company_id, project_id, cost_basis_minor: Some(77_i64) });
            add!(self.rows => Selection {
                id: selection_id, company_id, project_id, location_id: Some(location_id), allowance_id: Some(allowance_id),
                number: Some(sort), title: format!("Selection {sort}"), status: SelectionStatus::Shared, min_choices: 1, max_choices: 2,
                due_on: Some(first + TimeDelta::days(sort.into())), version: 1, created_at: Clock::of_server().moment(),
            });
            let original_budget_minor = Some(77_i64);
            add!(self.rows => SelectionInternal { selection_id, company_id, project_id, original_budget_minor });
            add!(self.rows => SelectionTradeInfo { selection_id, company_id, project_id, trade_info: "info" });
            add!(self.rows => SelectionTrade { selection_id, project_membership_id, company_id, project_id });
            for sort in 1..=2 {
                let option_id = new_uuid();
                self.options.push(option_id);
                add!(self.rows => SelectionOption {
                    id: option_id, company_id, project_id, selection_id, title: format!("Option {sort}"),
                    price_minor: Some(100 * i64::from(sort)), sort, version: 1,
                });
                add!(self.rows => SelectionChoice { selection_id, option_id, company_id, project_id, quantity: sort });
                let (unit_cost_minor, vendor) = (77_i64, Some("vendor"));
                add!(self.rows => SelectionOptionCost { option_id, company_id, project_id, unit_cost_minor, vendor });
            }
            self.thread(ThreadAudience::Internal, Some((ThreadSubject::Selection, selection_id)), 1);
        }
    }

    fn decisions(&mut self, count: i32) {
        let &mut Self { company_id, project_id, client, .. } = self;
        let mut chain = Chain::default();
        for _ in 0..count {
            let salt = "0".to_owned();
            let new = NewDecision {
                id: DecisionId::generate(),
                project: project_id.into(),
                kind: DecisionKind::SelectionApproved,
                subject: new_uuid(),
                outcome: DecisionOutcome::Approved,
                document: "{}".to_owned(),
                decided_at: Clock::of_server().moment(),
                decided_by: client.into(),
                decided_by_name: "Ana Whitlock".to_owned(),
                terms_version: None,
                evidence: Evidence { salt, network: None, device: None, on_behalf_reason: None },
            };
            let rows = chain.append(new, &demo_decision_keys()).expect("the demo has a key");
            let DecisionRows { mut decision, mut head, mut evidence } = rows;
            (decision.company_id, decision.project_id) = (company_id, project_id);
            (head.company_id, head.project_id) = (company_id, project_id);
            (evidence.company_id, evidence.project_id) = (company_id, project_id);
            self.rows.add(decision);
            self.rows.add(head);
            self.rows.add(evidence);
        }
    }

    /// Files shared with the client and the trade partner, with all kinds of renditions.
    fn files(&mut self, count: i32) {
        let &mut Self { company_id, project_id, trade: project_membership_id, .. } = self;
        let (author_id, author_name, hash) = (Some(World::id("people/ruth")), "Ruth Calloway", "0".repeat(64));
        let (media_type, size, now) = ("image/jpeg", 77_i64, Clock::of_server().moment());
        add!(self.rows => ProjectStorage {
            project_id, company_id, used_bytes: size * i64::from(3 * count), file_count: 3 * count,
        });
        // As many deleted and quarantined ones.
        let states = [FileState::Available, FileState::Deleted, FileState::Quarantined];
        for (number, state) in (1..=3 * count).zip(states.into_iter().cycle()) {
            let deleted_at = (state == FileState::Deleted).then_some(now);
            let (file_id, content_id) = (new_uuid(), new_uuid());
            add!(self.rows => File {
                id: file_id, company_id, project_id, kind: FileKind::Photo, purpose: FilePurpose::Project,
                name: format!("Grown {number}.jpg"), state, deleted_at, shared_with_clients: true, author_id,
                author_kind: FileAuthorKind::Company, author_name, content_number: 1, media_type, size,
                sha256: &hash,
                renditions: RenditionState::Ready, taken_at: Some(now), created_at: now, version: 1,
            });
            add!(self.rows => FileContent {
                id: content_id, file_id, company_id, project_id, number: 1, media_type, size, sha256: &hash, author_id,
                author_name, created_at: now,
            });
            let (source, scan_result) = (FileSource::Upload, ScanResult::NotScanned);
            add!(self.rows => FileInternal { file_id, company_id, project_id, source, scan_result });
            add!(self.rows => FileTrade { file_id, project_membership_id, company_id, project_id });
            // On a selection and an option, and hidden on the next ones.
            let places = [(number, false), (number + 1, true)];
            for (records, record_kind) in
                [(&self.selections, AttachmentRecord::Selection), (&self.options, AttachmentRecord::SelectionOption)]
            {
                for (place, hidden_from_clients) in places.into_iter().take(records.len()) {
                    let place = usize::try_from(place).unwrap_or_default() % records.len();
                    let (id, record_id) = (new_uuid(), records[place]);
                    add!(self.rows => FileAttachment {
                        id, company_id, project_id, file_id, record_kind, record_id, hidden_from_clients, created_at: now,
                    });
                }
            }
            let id = new_uuid();
            add!(self.rows => Album {
                id, company_id, project_id, name: format!("Grown {number}"), shared_with_clients: number > count, sort: number,
            });
            for kind in RenditionKind::ALL {
                let id = new_uuid();
                add!(self.rows => FileRendition {
                    id, content_id, file_id, company_id, project_id, kind: *kind, is_current: true,
                    is_clean: *kind != RenditionKind::Original, media_type, size, sha256: &hash, width: Some(4), height: Some(3),
                });
                add!(self.rows => FileObject {
                    id: new_uuid(), company_id, project_id, rendition_id: Some(id), start: 0_i64, size,
                    state: ObjectState::Stored, created_at: now,
                });
            }
        }
    }

    /// A thread about a record or the project, with several messages, each edited once.
    fn thread(&mut self, audience: ThreadAudience, record: Option<(ThreadSubject, Uuid)>, messages: i32) {
        let &mut Self { company_id, project_id, trade, .. } = self;
        let (thread_id, now) = (new_uuid(), Clock::of_server().moment());
        let (subject_kind, subject_id) = record.unwrap_or((ThreadSubject::Project, project_id));
        add!(self.rows => Thread {
            id: thread_id, company_id, project_id, audience, kind: ThreadKind::Discussion,
            trade_membership_id: (audience == ThreadAudience::Trade).then_some(trade),
            subject_kind, subject_id, title: record.is_none().then_some("Grown"), created_at: now, last_message_at: now, message_count: messages,
        });
        for position in 1..=messages {
            let message_id = new_uuid();
            add!(self.rows => Message {
                id: message_id, company_id, project_id, thread_id, audience, position, author_id: World::id("people/ruth"),
                author_kind: AuthorKind::Company, author_name: "Ruth Calloway", body: "message", created_at: now,
                edited_at: Some(now), version: 2,
            });
            add!(self.rows => MessageVersion {
                message_id, version: 1, company_id, project_id, audience, body: "massage", written_at: now,
            });
            add!(self.rows => MessageMention { message_id, staff_membership_id: self.author, company_id, project_id });
        }
    }
}
