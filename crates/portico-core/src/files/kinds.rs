//! Kinds of files and of their renditions.

text_enum! {
    /// Kind of a file, determined from its content.
    pub enum FileKind {
        /// Any other file.
        File = "FILE",
        /// Image.
        Photo = "PHOTO",
        /// Video.
        Video = "VIDEO",
    }
}

text_enum! {
    /// What can be downloaded of a file.
    pub enum RenditionKind {
        /// The uploaded bytes.
        Original = "ORIGINAL",
        /// An image of at most 4,096 pixels on the longer side.
        Large = "LARGE",
        /// An image of at most 1,280 pixels on the longer side.
        Medium = "MEDIUM",
        /// An image of at most 320 pixels on the longer side.
        Small = "SMALL",
    }
}
