//! People's own accounts.

text_enum! {
    /// Frequency of summary mails (ACC-17).
    pub enum SummaryFrequency {
        /// No summary mails.
        Never = "NEVER",
        /// Once a day.
        Daily = "DAILY",
        /// Once a week.
        Weekly = "WEEKLY",
    }
}
