//! Load, from a process of its own: keep-alive connections that send ready-made bytes and look at
//! as little of each answer as it takes to check it.

use std::cell::{Cell, RefCell};
use std::io::{BufRead, Read, Write};
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use flate2::read::GzDecoder;
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio::task::{JoinSet, LocalSet};

/// What the load process is told to do, as one line on stdin.
#[derive(Serialize, Deserialize)]
pub(crate) enum Plan {
    Requests(Requests),
    Streams(Streams),
}

/// Requests as fast as they are answered.
#[derive(Serialize, Deserialize)]
pub(crate) struct Requests {
    pub address: SocketAddr,
    pub connections: usize,
    pub seconds: f64,
    /// Connection `c` of `n` sends every `n`th of them, from the `c`th on.
    pub requests: Vec<String>,
    /// Whether each is sent once at most; otherwise they begin again.
    pub once: bool,
    /// Votes at a steady rate beside them.
    pub beside: Option<Steady>,
}

/// Requests at a steady rate, in their order over the connections.
#[derive(Serialize, Deserialize)]
pub(crate) struct Steady {
    pub connections: usize,
    pub per_second: f64,
    pub requests: Vec<String>,
}

/// What became of the requests.
#[derive(Serialize, Deserialize)]
pub(crate) struct Answers {
    /// How many each connection sent; all of them were answered with 200.
    pub by_connection: Vec<usize>,
    pub beside: Vec<usize>,
    pub seconds: f64,
    pub p99_ms: f64,
    /// The p99 of each tenth of a second. Virtual machines are slow for a moment now and then, and then all connections
    /// wait; the middle one of these does not tell of that, nor of moments in which the site itself stands still.
    pub tenths_p99_ms: Vec<f64>,
}

impl Answers {
    pub(crate) fn per_second(&self) -> f64 {
        self.by_connection.iter().sum::<usize>() as f64 / self.seconds
    }
}

/// Open streams, single votes, then votes at a steady rate. Between these parts it waits for a line.
#[derive(Serialize, Deserialize)]
pub(crate) struct Streams {
    pub address: SocketAddr,
    pub open: String,
    pub streams: usize,
    /// One after another, each timed until the last stream has its frame.
    pub votes: Vec<String>,
    pub storm: Steady,
}

/// How long single votes took to the last stream, and how many of the storm's were sent.
#[derive(Serialize, Deserialize)]
pub(crate) struct Reached {
    pub last_ms: Vec<f64>,
    /// Bytes of one frame on the wire.
    pub frame: usize,
    pub storm: Vec<usize>,
    pub storm_seconds: f64,
}

/// Carries the plan on stdin out and prints what came of it.
pub(crate) fn run() -> Result<()> {
    let _ = rlimit::increase_nofile_limit(u64::MAX);
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line)?;
    let plan: Plan = serde_json::from_str(&line)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    LocalSet::new().block_on(&runtime, async {
        match plan {
            Plan::Requests(plan) => say(&requests(plan).await?),
            Plan::Streams(plan) => say(&streams(plan).await?),
        }
    })
}

fn say(what: &impl Serialize) -> Result<()> {
    let mut out = std::io::stdout().lock();
    serde_json::to_writer(&mut out, what)?;
    out.write_all(b"\n")?;
    Ok(out.flush()?)
}

/// Says that a part is done and waits for the word to go on.
fn pause() -> Result<()> {
    say(&"ready")?;
    std::io::stdin().lock().read_line(&mut String::new())?;
    Ok(())
}

struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    async fn open(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::with_capacity(64 * 1024) })
    }

    /// Sends a request and reads its answer, which must be 200.
    async fn ask(&mut self, request: &[u8]) -> Result<()> {
        self.stream.write_all(request).await?;
        self.buffer.clear();
        let head = self.head().await?;
        let length = memchr::memmem::find(&self.buffer[..head], b"content-length: ")
            .map(|at| self.buffer[at + 16..head].iter().take_while(|byte| byte.is_ascii_digit()))
            .map(|digits| digits.fold(0, |sum, byte| sum * 10 + usize::from(byte - b'0')))
            .context("an answer without a length")?;
        while self.buffer.len() < head + length {
            self.read().await?;
        }
        ensure!(self.buffer.len() == head + length, "an answer is longer than it says");
        Ok(())
    }

    /// Reads until the head is there, and returns its length.
    async fn head(&mut self) -> Result<usize> {
        loop {
            self.read().await?;
            if let Some(end) = memchr::memmem::find(&self.buffer, b"\r\n\r\n") {
                if self.buffer.get(9..12) != Some(b"200") {
                    let head = String::from_utf8_lossy(&self.buffer[..end]).into_owned();
                    bail!("answered with {head}");
                }
                return Ok(end + 4);
            }
        }
    }

    async fn read(&mut self) -> Result<usize> {
        let read = self.stream.read_buf(&mut self.buffer).await?;
        ensure!(read > 0, "the connection was closed");
        Ok(read)
    }
}

async fn requests(plan: Requests) -> Result<Answers> {
    let mut ready = Vec::new();
    for _ in 0..plan.connections {
        ready.push(Connection::open(plan.address).await?);
    }
    let list: Rc<[String]> = plan.requests.into();
    let started = Instant::now();
    let end = started + Duration::from_secs_f64(plan.seconds);
    let beside = plan
        .beside
        .map(|steady| tokio::task::spawn_local(steadily(plan.address, steady, started, Some(end))));
    let mut tasks = JoinSet::new();
    for (number, mut connection) in ready.into_iter().enumerate() {
        let (list, step) = (Rc::clone(&list), plan.connections);
        tasks.spawn_local(async move {
            // In which tenth of a second each was sent, and how many µs it took.
            let mut times: Vec<(u32, u32)> = Vec::new();
            let mut next = number;
            loop {
                let now = Instant::now();
                if now >= end {
                    break;
                }
                if next >= list.len() {
                    if plan.once {
                        bail!("there were not enough requests");
                    }
                    next %= list.len();
                }
                connection.ask(list[next].as_bytes()).await?;
                let tenth = (now - started).as_secs_f64() * 10.0;
                times.push((tenth as u32, u32::try_from(now.elapsed().as_micros())?));
                next += step;
            }
            Ok::<_, anyhow::Error>((number, times))
        });
    }
    let (mut by_connection, mut times) = (vec![0; plan.connections], Vec::new());
    while let Some(done) = tasks.join_next().await {
        let (number, taken) = done??;
        by_connection[number] = taken.len();
        times.extend(taken);
    }
    let seconds = started.elapsed().as_secs_f64();
    let beside = match beside {
        Some(task) => task.await??,
        None => Vec::new(),
    };
    ensure!(!times.is_empty(), "nothing was asked for");
    times.sort_unstable();
    let tenths_p99_ms = times.chunk_by(|a, b| a.0 == b.0).map(p99_ms).collect();
    times.sort_unstable_by_key(|(_, time)| *time);
    Ok(Answers { by_connection, beside, seconds, p99_ms: p99_ms(&times), tenths_p99_ms })
}

/// The p99 of these times, which are in order.
fn p99_ms(times: &[(u32, u32)]) -> f64 {
    times.get(times.len() * 99 / 100).map_or(f64::NAN, |(_, time)| f64::from(*time) / 1000.0)
}

/// Sends requests at their rate, until the end or until there are none left.
async fn steadily(
    address: SocketAddr,
    steady: Steady,
    started: Instant,
    end: Option<Instant>,
) -> Result<Vec<usize>> {
    let list: Rc<[String]> = steady.requests.into();
    let mut tasks = JoinSet::new();
    for number in 0..steady.connections {
        let (list, step, per_second) = (Rc::clone(&list), steady.connections, steady.per_second);
        let mut connection = Connection::open(address).await?;
        tasks.spawn_local(async move {
            let mut sent = 0;
            for at in (number..list.len()).step_by(step) {
                let due = started + Duration::from_secs_f64(at as f64 / per_second);
                if end.is_some_and(|end| due >= end) {
                    break;
                }
                tokio::time::sleep_until(due.into()).await;
                connection.ask(list[at].as_bytes()).await?;
                sent += 1;
            }
            Ok::<_, anyhow::Error>((number, sent))
        });
    }
    let mut sent = vec![0; steady.connections];
    while let Some(done) = tasks.join_next().await {
        let (number, count) = done??;
        sent[number] = count;
    }
    Ok(sent)
}

/// A chunk of a stream that is shorter is a comment, or the stream's first line.
const SHORTEST_FRAME: usize = 64;

/// Counts the streams that have the frame of the vote under way.
#[derive(Default)]
struct Gate {
    vote: Cell<usize>,
    arrived: Cell<usize>,
    frame: Cell<usize>,
    all: Notify,
    broken: RefCell<Option<String>>,
    /// All that came on the first stream, still compressed.
    sample: RefCell<Vec<u8>>,
}

impl Gate {
    fn note(&self, chunk: &[u8], sample: bool) {
        if sample {
            self.sample.borrow_mut().extend(chunk);
        }
    }

    /// The events on the first stream.
    fn read(&self) -> usize {
        let mut text = Vec::new();
        // It is cut off where the stream has got to.
        let _ = GzDecoder::new(&self.sample.borrow()[..]).read_to_end(&mut text);
        memchr::memmem::find_iter(&text, b"event: ").count()
    }
}

async fn streams(plan: Streams) -> Result<Reached> {
    let gate = Rc::new(Gate::default());
    for number in 0..plan.streams {
        let mut connection = Connection::open(plan.address).await?;
        connection.buffer = Vec::with_capacity(1024);
        connection.stream.write_all(plan.open.as_bytes()).await?;
        let head = connection.head().await?;
        ensure!(
            memchr::memmem::find(&connection.buffer[..head], b"content-encoding: gzip").is_some(),
            "a stream is not compressed"
        );
        connection.buffer.drain(..head);
        // The first frame is the state; it may come with the head.
        let sample = number == 0;
        while take_chunks(&mut connection.buffer, |chunk| gate.note(chunk, sample))? == 0 {
            connection.read().await?;
        }
        connection.buffer = Vec::new();
        tokio::task::spawn_local(watch(connection, Rc::clone(&gate), plan.streams, sample));
    }
    tokio::time::sleep(Duration::from_millis(500)).await;
    pause()?;
    // Opened no sooner: the site gives a connection five seconds for its first request.
    let mut voter = Connection::open(plan.address).await?;
    let mut last_ms = Vec::new();
    for vote in &plan.votes {
        gate.arrived.set(0);
        gate.vote.set(gate.vote.get() + 1);
        let started = Instant::now();
        voter.ask(vote.as_bytes()).await?;
        tokio::time::timeout(Duration::from_secs(10), gate.all.notified())
            .await
            .with_context(|| format!("{} of {} streams had a frame", gate.arrived.get(), plan.streams))?;
        last_ms.push(started.elapsed().as_secs_f64() * 1000.0);
        tokio::time::sleep(Duration::from_millis(150)).await;
    }
    if let Some(cause) = gate.broken.take() {
        bail!("a stream broke: {cause}");
    }
    ensure!(gate.read() > plan.votes.len(), "{} events on a stream", gate.read());
    pause()?;
    let started = Instant::now();
    let storm = steadily(plan.address, plan.storm, started, None).await?;
    let storm_seconds = started.elapsed().as_secs_f64();
    pause()?;
    Ok(Reached { last_ms, frame: gate.frame.get(), storm, storm_seconds })
}

/// Takes the whole chunks off the front of what was read of a stream, and returns how many bytes the last of them took
/// that is a frame; 0 if there was none.
fn take_chunks(read: &mut Vec<u8>, mut each: impl FnMut(&[u8])) -> Result<usize> {
    let mut frame = 0;
    while let Some(head) = memchr::memmem::find(read, b"\r\n") {
        let length = usize::from_str_radix(std::str::from_utf8(&read[..head])?, 16)?;
        let end = head + 2 + length;
        if read.len() < end + 2 {
            break;
        }
        ensure!(length > 0 && read[end..].starts_with(b"\r\n"), "a stream ended or is out of step");
        each(&read[head + 2..end]);
        if length >= SHORTEST_FRAME {
            frame = end + 2;
        }
        read.drain(..end + 2);
    }
    Ok(frame)
}

/// Looks at the frames of a stream for as long as it is open.
async fn watch(connection: Connection, gate: Rc<Gate>, streams: usize, sample: bool) {
    let mut stream = connection.stream;
    let mut seen = 0;
    let mut piece = Vec::new();
    let cause = loop {
        if let Err(cause) = stream.readable().await {
            break cause.to_string();
        }
        // A buffer only while there is something to read.
        piece.reserve(16 * 1024);
        match stream.try_read_buf(&mut piece) {
            Ok(0) => break "closed".to_owned(),
            Ok(_) => {}
            Err(cause) if cause.kind() == std::io::ErrorKind::WouldBlock => continue,
            Err(cause) => break cause.to_string(),
        }
        let frame = match take_chunks(&mut piece, |chunk| gate.note(chunk, sample)) {
            Ok(frame) => frame,
            Err(cause) => break cause.to_string(),
        };
        if frame == 0 {
            continue;
        }
        gate.frame.set(frame);
        if seen != gate.vote.get() {
            seen = gate.vote.get();
            gate.arrived.set(gate.arrived.get() + 1);
            if gate.arrived.get() == streams {
                gate.all.notify_one();
            }
        }
    };
    let _ = stream.shutdown().await;
    gate.broken.replace(Some(cause));
}
