//! Secrecy: the documents, the guards and the windows, each alone and all together.
