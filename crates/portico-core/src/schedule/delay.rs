//! Delays of schedules (EXP-9).

/// Maximum length of a delay, in working days.
pub const MAX_DELAY_DAYS: i32 = 365;

text_enum! {
    /// Cause of a delay.
    pub enum DelayCause {
        /// Weather.
        Weather = "WEATHER",
        /// A change or a late decision by the client.
        Client = "CLIENT",
        /// Late or wrong materials.
        Materials = "MATERIALS",
        /// Too few workers or trade partners.
        Workforce = "WORKFORCE",
        /// A permit that is not granted yet.
        Permit = "PERMIT",
        /// An inspection that is late or was not passed.
        Inspection = "INSPECTION",
        /// Conditions of the site that were not known.
        SiteConditions = "SITE_CONDITIONS",
        /// Another cause.
        Other = "OTHER",
    }
}
