//! People's own accounts.

text_enum! {
    /// Frequency of summary emails (ACC-17).
    pub enum SummaryFrequency {
        /// No summary emails.
        Never = "NEVER",
        /// Once a day.
        Daily = "DAILY",
        /// Once a week.
        Weekly = "WEEKLY",
    }
}
