//! How companies have set their portals up, and what they explain to their clients.

use portico_core::portal::{Feature, HelpArticleState, ScheduleShare};

use super::batch::Batch;
use super::calendar::moment;
use super::chance::{Seed, Thing};
use super::company::Company;
use super::tables;

/// What companies explain to their clients, and what they are still writing.
const HELP: [(&str, &str, HelpArticleState); 3] = [
    (
        "How choices work",
        "Choose an option by its date. You can change your mind until it is locked.",
        HelpArticleState::Published,
    ),
    ("Visiting the site", "Call first, and wear boots.", HelpArticleState::Published),
    ("After you move in", "To be written.", HelpArticleState::Draft),
];

impl Company {
    /// How the company has set its portals up. Nothing is drawn.
    pub(super) fn put_portal(&self, seed: &Seed, batch: &mut Batch) {
        batch.put(&tables::CompanyPortal {
            company_id: self.id,
            default_features: Feature::ALL.iter().map(|feature| feature.as_str()).collect(),
            default_schedule_share: ScheduleShare::Gantt.as_str(),
            guide_url: Some(format!("https://www.{}.example/portal", self.slug).into()),
            onboarding_video_url: Some(format!("https://assets.{}.example/welcome.mp4", self.slug).into()),
            offers_password: true,
            offers_link: true,
        });
        for (number, (title, body, state)) in (0..).zip(HELP) {
            let published_at = (state == HelpArticleState::Published).then(|| moment(self.founded));
            batch.put(&tables::HelpArticle {
                id: seed.id(Thing::HelpArticle, self.index, number),
                company_id: self.id,
                title,
                body,
                sort: number + 1,
                state: state.as_str(),
                version: 1,
                published_at,
                created_at: moment(self.founded),
                updated_at: moment(self.founded),
            });
        }
    }
}
