//! A small DNS server.

use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};

use mail_auth::hickory_resolver::proto::op::{Message, Metadata, ResponseCode};
use mail_auth::hickory_resolver::proto::rr::rdata::TXT;
use mail_auth::hickory_resolver::proto::rr::{RData, Record};
use portico_adapters::inbound_mail::{DnsServers, SenderVerifier};
use tokio::net::UdpSocket;
use tokio::task::JoinHandle;

/// What the server answers for a name. Other names do not exist.
#[derive(Debug, Clone)]
pub(crate) enum Answer {
    /// Records of type TXT.
    Texts(Vec<String>),
    /// The name exists, but has no such record.
    Empty,
    /// The server cannot tell.
    Fails,
    /// None at all.
    Silent,
}

/// A server over UDP, until it is dropped.
pub(crate) struct DnsServer {
    address: SocketAddr,
    state: Arc<State>,
    task: JoinHandle<()>,
}

#[derive(Default)]
struct State {
    answers: Mutex<HashMap<String, Answer>>,
    asked: Mutex<Vec<String>>,
}

impl Drop for DnsServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl DnsServer {
    pub(crate) async fn start() -> Self {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a free port");
        let address = socket.local_addr().expect("an address");
        let state = Arc::new(State::default());
        let task = tokio::spawn(serve(socket, Arc::clone(&state)));
        Self { address, state, task }
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

async fn serve(socket: UdpSocket, state: Arc<State>) {
    let mut buffer = [0; 4096];
    loop {
        let (length, from) = socket.recv_from(&mut buffer).await.expect("a packet");
        let request = Message::from_vec(&buffer[..length]).expect("a request");
        if let Some(response) = state.respond(&request) {
            socket.send_to(&response.to_vec().expect("a response"), from).await.expect("sent");
        }
    }
}

impl State {
    fn respond(&self, request: &Message) -> Option<Message> {
        let query = request.queries.first().expect("a query");
        let name = query.name().to_lowercase().to_utf8().trim_end_matches('.').to_owned();
        self.asked.lock().expect("no panic").push(name.clone());
        let answer = self.answers.lock().expect("no panic").get(&name).cloned();
        let metadata = Metadata::response_from_request(&request.metadata);
        let mut response = Message::new(metadata.id, metadata.message_type, metadata.op_code);
        response.metadata = metadata;
        response.add_query(query.clone());
        match answer {
            Some(Answer::Texts(texts)) => response.answers.extend(texts.iter().map(|text| {
                // A string has at most 255 bytes: longer keys are cut.
                let strings = text.as_bytes().chunks(255).collect();
                Record::from_rdata(query.name().clone(), 60, RData::TXT(TXT::from_bytes(strings)))
            })),
            Some(Answer::Empty) => {}
            Some(Answer::Fails) => response.metadata.response_code = ResponseCode::ServFail,
            Some(Answer::Silent) => return None,
            None => response.metadata.response_code = ResponseCode::NXDomain,
        }
        Some(response)
    }
}
