//! Mail server whose behavior depends on the recipient: it rejects, is busy, repeats the mail, or accepts it.

use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex};

use portico_adapters::mail::Transport;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// The accepted mails, with their recipients.
type Taken = Arc<Mutex<Vec<(String, String)>>>;

pub(crate) struct MailServer {
    address: String,
    taken: Taken,
}

impl MailServer {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("there is a free port");
        let address = listener.local_addr().expect("the port is known").to_string();
        let taken = Taken::default();
        let all = Arc::clone(&taken);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(talk(stream, Arc::clone(&all)));
            }
        });
        Self { address, taken }
    }

    pub(crate) fn transport(&self) -> Transport {
        Transport::smtp(&format!("smtp://{}", self.address)).expect("its address can be used")
    }

    /// Recipients, sorted.
    pub(crate) fn recipients(&self) -> Vec<String> {
        let mut recipients: Vec<_> = self.mails().into_iter().map(|(to, _)| to).collect();
        recipients.sort();
        recipients
    }

    pub(crate) fn mails(&self) -> Vec<(String, String)> {
        self.taken.lock().expect("the lock is not poisoned").clone()
    }
}

async fn talk(stream: TcpStream, taken: Taken) -> std::io::Result<()> {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    let mut to = String::new();
    write.write_all(b"220 test\r\n").await?;
    while let Some(line) = lines.next_line().await? {
        let verb = line.get(..4).unwrap_or_default().to_uppercase();
        let reply = match verb.as_str() {
            "RCPT" => {
                line.trim_start_matches("RCPT TO:<").split('>').next().unwrap_or_default().clone_into(&mut to);
                on_recipient(&to).to_owned()
            }
            "DATA" => {
                write.write_all(b"354 go on\r\n").await?;
                let mut mail = String::new();
                while let Some(line) = lines.next_line().await?.filter(|line| line != ".") {
                    mail.push_str(&line);
                    mail.push('\n');
                }
                on_mail(&to, mail, &taken)
            }
            "QUIT" => "221 bye".to_owned(),
            _ => "250 ok".to_owned(),
        };
        write.write_all(format!("{reply}\r\n").as_bytes()).await?;
    }
    Ok(())
}

fn on_recipient(to: &str) -> &'static str {
    match to.split('@').next() {
        Some("refused") => "550 no such mailbox",
        Some("busy") => "451 come back later",
        Some("us") => "530 who are you",
        _ => "250 ok",
    }
}

fn on_mail(to: &str, mail: String, taken: &Taken) -> String {
    if to.starts_with("echo@") {
        // Like filters that quote the rejected line.
        let line = mail.lines().find(|line| line.contains("/auth/link/")).unwrap_or("no link");
        return format!("554 spam: {line}");
    }
    taken.lock().expect("the lock is not poisoned").push((to.to_owned(), mail));
    "250 taken".to_owned()
}
