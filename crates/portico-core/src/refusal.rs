//! Why an action is refused: business answers, typed and told to whoever asked (API-2).

text_enum! {
    /// The closed list of reasons that callers can rely on.
    pub enum RefusalCode {
        /// Something that is needed was left out.
        Blank = "BLANK",
        /// A value is not what it should be; the message says why.
        Invalid = "INVALID",
        /// A value is longer than it may be.
        TooLong = "TOO_LONG",
        /// Something like this is there already.
        Taken = "TAKEN",
        /// There is no such thing for whoever asks.
        NotFound = "NOT_FOUND",
        /// The thing is in a state in which this cannot be done; the message names the state.
        InvalidState = "INVALID_STATE",
        /// The thing has been changed since it was read.
        Conflict = "CONFLICT",
        /// The name, the password or the link does not let anybody in.
        SignInRefused = "SIGN_IN_REFUSED",
        /// Several places are open to this person, and one has to be chosen.
        ChoiceNeeded = "CHOICE_NEEDED",
        /// The password is too easy to guess.
        PasswordTooWeak = "PASSWORD_TOO_WEAK",
        /// This has been tried too often; the message says when to try again.
        TooManyTries = "TOO_MANY_TRIES",
        /// The project is closed to changes.
        ProjectClosed = "PROJECT_CLOSED",
        /// The person has an account already (ACC-3).
        IdentityExists = "IDENTITY_EXISTS",
        /// The person looks after their own account (ACC-10).
        ManagedByUser = "MANAGED_BY_USER",
        /// The project has as many invitations as it can have (INV-5).
        InvitationLimit = "INVITATION_LIMIT",
        /// This mail's text is the same for everybody (INV-14).
        TemplateLocked = "TEMPLATE_LOCKED",
        /// This mail's title is the same for everybody (INV-17).
        TemplateTitleLocked = "TEMPLATE_TITLE_LOCKED",
        /// The caller would give more than they have: to a key, or to a member of staff.
        ExceedsOwnPermissions = "EXCEEDS_OWN_PERMISSIONS",
    }
}
