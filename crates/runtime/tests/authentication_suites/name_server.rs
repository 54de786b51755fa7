//! A name server for tests: one zone, UDP on the loopback address, every answer at once.

use mail_auth::hickory_resolver::proto::op::{Message, OpCode, ResponseCode};
use mail_auth::hickory_resolver::proto::rr::{Name, RData, Record, RecordType};
use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::thread::JoinHandle;

/// CNAME records that are followed for one question, which ends a loop.
const ALIASES_MAX: usize = 8;

#[derive(Default)]
pub(crate) struct Zone {
    nodes: HashMap<String, Node>,
}

/// What there is under one name.
#[derive(Default)]
pub(crate) struct Node {
    pub(crate) records: Vec<RData>,
    /// Whether a question for a type that has no record here fails as if the server had not answered.
    pub(crate) is_broken: bool,
}

pub(crate) struct NameServer {
    address: SocketAddr,
    thread: Option<JoinHandle<()>>,
}

impl Zone {
    pub(crate) fn node(&mut self, name: &str) -> &mut Node {
        self.nodes.entry(key(name)).or_default()
    }

    fn answer(&self, question: &Name, kind: RecordType) -> Result<Vec<Record>, ResponseCode> {
        let mut answers = Vec::new();
        let mut name = question.clone();
        for _ in 0..ALIASES_MAX {
            let Some(node) = self.nodes.get(&key(&name.to_ascii())) else { break };
            let of_kind = |kind| node.records.iter().filter(move |data| data.record_type() == kind);
            let before = answers.len();
            answers.extend(of_kind(kind).map(|data| Record::from_rdata(name.clone(), 60, data.clone())));
            if answers.len() > before {
                break;
            }
            if node.is_broken {
                return Err(ResponseCode::ServFail);
            }
            let Some(RData::CNAME(alias)) = of_kind(RecordType::CNAME).next() else { break };
            answers.push(Record::from_rdata(name, 60, RData::CNAME(alias.clone())));
            name = alias.0.clone();
        }
        let is_known = !answers.is_empty() || self.nodes.contains_key(&key(&name.to_ascii()));
        if is_known { Ok(answers) } else { Err(ResponseCode::NXDomain) }
    }
}

fn key(name: &str) -> String {
    name.trim_end_matches('.').to_lowercase()
}

/// A name of any labels, also of such as no host may have; `None` where a label is longer than 63 bytes.
pub(crate) fn name(text: &str) -> Option<Name> {
    let labels = text.trim_end_matches('.').split('.').filter(|label| !label.is_empty());
    Name::from_labels(labels.map(str::as_bytes)).ok()
}

impl NameServer {
    pub(crate) fn start(zone: Zone) -> Self {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).expect("the loopback address has a free port");
        let address = socket.local_addr().expect("a bound socket has an address");
        let thread = std::thread::spawn(move || serve(&socket, &zone));
        Self { address, thread: Some(thread) }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }
}

/// An empty datagram, which is no question, ends the server.
fn serve(socket: &UdpSocket, zone: &Zone) {
    let mut buffer = [0; 4_096];
    while let Ok((length, client)) = socket.recv_from(&mut buffer) {
        if length == 0 {
            return;
        }
        let question = Message::from_vec(buffer.get(..length).unwrap_or_default())
            .expect("the resolver asks well-formed questions");
        let response = respond(&question, zone).to_vec().expect("the zone holds records that can be sent");
        socket.send_to(&response, client).expect("the loopback address takes datagrams");
    }
}

fn respond(question: &Message, zone: &Zone) -> Message {
    let mut response = Message::response(question.id, OpCode::Query);
    response.metadata.recursion_desired = true;
    response.metadata.recursion_available = true;
    for query in &question.queries {
        match zone.answer(query.name(), query.query_type()) {
            Ok(answers) => response.answers.extend(answers),
            Err(code) => response.metadata.response_code = code,
        }
        response.queries.push(query.clone());
    }
    response
}

impl Drop for NameServer {
    fn drop(&mut self) {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).expect("the loopback address has a free port");
        socket.send_to(&[], self.address).expect("the loopback address takes datagrams");
        if let Some(thread) = self.thread.take() {
            thread.join().expect("the name server served to its end");
        }
    }
}
