//! A small DNS server.

use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};

use mail_auth::hickory_resolver::proto::op::{Message, Metadata, ResponseCode};
use mail_auth::hickory_resolver::proto::rr::rdata::TXT;
use mail_auth::hickory_resolver::proto::rr::{RData, Record};
use portico_adapters::inbound_mail::{DnsServers, SenderVerifier};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, UdpSocket};
use tokio::task::JoinHandle;

/// What the server answers for a name. Other names do not exist.
#[derive(Debug, Clone)]
pub(crate) enum Answer {
    /// Records of type TXT.
    Texts(Vec<String>),
    /// A record of type TXT that is only sent over TCP.
    Long(String),
    /// The name exists, but has no such record.
    Empty,
    /// The server cannot tell.
    Fails,
    /// None at all.
    Silent,
}

/// A server over UDP and TCP, until it is dropped.
pub(crate) struct DnsServer {
    address: SocketAddr,
    state: Arc<State>,
    tasks: [JoinHandle<()>; 2],
}

#[derive(Default)]
struct State {
    answers: Mutex<HashMap<String, Answer>>,
    asked: Mutex<Vec<String>>,
}

impl Drop for DnsServer {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

impl DnsServer {
    pub(crate) async fn start() -> Self {
        let (listener, socket) = bind().await;
        let address = socket.local_addr().expect("an address");
        let state = Arc::new(State::default());
        let tasks =
            [tokio::spawn(serve(socket, Arc::clone(&state))), tokio::spawn(serve_tcp(listener, Arc::clone(&state)))];
        Self { address, state, tasks }
    }

    /// Publishes an answer. Names are without the last dot.
    pub(crate) fn publish(&self, name: &str, answer: Answer) {
        self.state.answers.lock().expect("no panic").insert(name.to_owned(), answer);
    }

    pub(crate) fn publish_key(&self, name: &str, record: &str) {
        self.publish(name, Answer::Texts(vec![record.to_owned()]));
    }

    /// The names that were asked for, in order.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.state.asked.lock().expect("no panic").clone()
    }

    /// A verifier that asks this server.
    pub(crate) fn verifier(&self) -> SenderVerifier {
        let trusted = vec!["mx.portal.example".to_owned()];
        SenderVerifier::new(trusted, &DnsServers::At(vec![self.address])).expect("a verifier")
    }
}

/// A port that is free for both protocols.
async fn bind() -> (TcpListener, UdpSocket) {
    loop {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a free port");
        if let Ok(socket) = UdpSocket::bind(listener.local_addr().expect("an address")).await {
            return (listener, socket);
        }
    }
}

async fn serve(socket: UdpSocket, state: Arc<State>) {
    let mut buffer = [0; 4096];
    loop {
        let (length, from) = socket.recv_from(&mut buffer).await.expect("a packet");
        let request = Message::from_vec(&buffer[..length]).expect("a request");
        if let Some(response) = state.respond(&request, false) {
            socket.send_to(&response.to_vec().expect("a response"), from).await.expect("sent");
        }
    }
}

async fn serve_tcp(listener: TcpListener, state: Arc<State>) {
    loop {
        let (mut stream, _) = listener.accept().await.expect("a connection");
        // One request of each connection.
        let length = stream.read_u16().await.expect("a length");
        let mut request = vec![0; usize::from(length)];
        stream.read_exact(&mut request).await.expect("a request");
        if let Some(response) = state.respond(&Message::from_vec(&request).expect("a request"), true) {
            let response = response.to_vec().expect("a response");
            stream.write_u16(response.len().try_into().expect("short")).await.expect("sent");
            stream.write_all(&response).await.expect("sent");
        }
    }
}

impl State {
    fn respond(&self, request: &Message, is_tcp: bool) -> Option<Message> {
        let query = request.queries.first().expect("a query");
        let name = query.name().to_lowercase().to_utf8().trim_end_matches('.').to_owned();
        self.asked.lock().expect("no panic").push(name.clone());
        let answer = self.answers.lock().expect("no panic").get(&name).cloned();
        let metadata = Metadata::response_from_request(&request.metadata);
        let mut response = Message::new(metadata.id, metadata.message_type, metadata.op_code);
        response.metadata = metadata;
        response.add_query(query.clone());
        let record = |text: &String| {
            // A string has at most 255 bytes: longer keys are cut.
            let strings = text.as_bytes().chunks(255).collect();
            Record::from_rdata(query.name().clone(), 60, RData::TXT(TXT::from_bytes(strings)))
        };
        match answer {
            Some(Answer::Texts(texts)) => response.answers.extend(texts.iter().map(record)),
            Some(Answer::Long(text)) if is_tcp => response.answers.push(record(&text)),
            Some(Answer::Long(_)) => response.metadata.truncation = true,
            Some(Answer::Empty) => {}
            Some(Answer::Fails) => response.metadata.response_code = ResponseCode::ServFail,
            Some(Answer::Silent) => return None,
            None => response.metadata.response_code = ResponseCode::NXDomain,
        }
        Some(response)
    }
}
