//! A PostgreSQL that hangs: connections stand, and nothing comes back. Between a node and its database stands a proxy that
//! can hold everything up.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream, ToSocketAddrs};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use shiptally::accounts::Role;
use shiptally::db::DatabaseUrl;

use crate::site::{Browser, Node, PATIENCE, TestSite};

/// Within which time everybody is answered.
const BOUND: Duration = Duration::from_secs(10);

/// Whether what is sent has to wait.
#[derive(Default)]
struct Gate {
    is_shut: Mutex<bool>,
    changed: Condvar,
}

impl Gate {
    fn set(&self, is_shut: bool) {
        *self.is_shut.lock().unwrap() = is_shut;
        self.changed.notify_all();
    }

    fn pass(&self) {
        let shut = self.changed.wait_while(self.is_shut.lock().unwrap(), |is_shut| *is_shut);
        drop(shut.unwrap());
    }
}

/// Forwards connections to `server` through the gate, for as long as the test runs.
fn forward(server: SocketAddr, gate: &Arc<Gate>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let gate = Arc::clone(gate);
    std::thread::spawn(move || {
        for client in listener.incoming() {
            let (Ok(client), Ok(server)) = (client, TcpStream::connect(server)) else { return };
            for (from, to) in [(&client, &server), (&server, &client)] {
                let (from, to, gate) =
                    (from.try_clone().unwrap(), to.try_clone().unwrap(), Arc::clone(&gate));
                std::thread::spawn(move || pump(from, to, &gate));
            }
        }
    });
    address
}

fn pump(mut from: TcpStream, mut to: TcpStream, gate: &Gate) {
    let mut bytes = [0; 16 * 1024];
    while let Ok(read @ 1..) = from.read(&mut bytes) {
        gate.pass();
        if to.write_all(&bytes[..read]).is_err() {
            break;
        }
    }
    gate.pass();
    let _ = (from.shutdown(Shutdown::Both), to.shutdown(Shutdown::Both));
}

/// A node whose way to its PostgreSQL leads through the gate; none on SQLite, which is a file.
fn node_behind(site: &TestSite, gate: &Arc<Gate>) -> Option<Node> {
    let DatabaseUrl::Postgres(url) = &site.database.url else { return None };
    let mut url = url::Url::parse(url).unwrap();
    let server = (url.host_str().unwrap(), url.port().unwrap_or(5432));
    let server = server.to_socket_addrs().unwrap().next().unwrap();
    let proxy = forward(server, gate);
    url.set_host(Some("127.0.0.1")).unwrap();
    url.set_port(Some(proxy.port())).unwrap();
    Some(Node::start(&DatabaseUrl::Postgres(url.into()), &[]))
}

/// Asks for all of this at the same time; gives the statuses, and after how long the last came.
async fn ask_all(visitor: &Browser, member: &Browser) -> (Vec<(String, u16)>, Duration) {
    let started = Instant::now();
    let mut paths: Vec<String> = (0..12).map(|n| format!("/tools?q=word{n}")).collect();
    paths.extend(["/account".to_owned(), "/compare?a=amber&b=nothing".to_owned()]);
    let pages = paths.iter().map(async |path| {
        let browser = if path.starts_with("/tools") { visitor } else { member };
        (path.clone(), browser.get(path).await.status().as_u16())
    });
    let vote = async { ("vote".to_owned(), member.vote("amber", "ship").await.0) };
    let (mut told, vote) = futures_util::join!(futures_util::future::join_all(pages), vote);
    told.push(vote);
    (told, started.elapsed())
}

#[actix_web::test]
async fn a_database_that_hangs_is_told_within_ten_seconds_and_all_is_well_when_it_goes_on() {
    let (site, gate) = (TestSite::start(), Arc::new(Gate::default()));
    let Some(node) = node_behind(&site, &gate) else { return };
    site.account("ada", Role::Member);
    let visitor = site.browser().at(&node);
    let member = site.browser().at(&node);
    member.sign_in("ada").await;
    assert_eq!(member.get("/account").await.status(), 200);

    gate.set(true);
    for _ in 0..2 {
        let (told, took) = ask_all(&visitor, &member).await;
        assert!(told.iter().all(|(_, status)| *status == 503), "{told:?}");
        assert!(took < BOUND, "{took:?}");
        let started = Instant::now();
        let tally = visitor.get("/tools/amber/tally").await.status().as_u16();
        assert!(matches!(tally, 200 | 503) && started.elapsed() < BOUND, "{tally}");
    }
    gate.set(false);

    let started = Instant::now();
    while member.vote("amber", "ship").await.0 != 200 || visitor.get("/tools?q=word").await.status() != 200 {
        assert!(started.elapsed() < PATIENCE, "it goes on by itself");
        actix_web::rt::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(member.tally("amber").await["votes"], 1, "tried again and again, it counts once");
    drop(node);
}
