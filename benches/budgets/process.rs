//! The processes under measurement: started, asked single questions, and looked at from outside.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use serde::de::DeserializeOwned;

use crate::load::{Answers, Plan, Reached, Requests, Steady, Streams};

/// Ticks of the clock in which Linux counts the time of processes, per second.
const TICKS: f64 = 100.0;

/// What memory may move by and still be called at rest, in bytes.
const MOVING: f64 = 64.0 * 1024.0;

/// A server; it is stopped when this is dropped.
pub(crate) struct Server {
    child: Child,
    pub address: SocketAddr,
    /// From its start until it listened.
    pub started: Instant,
}

impl Server {
    /// The site itself, on this SQLite file.
    pub(crate) fn site(file: &Path) -> Result<Self> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_shiptally"));
        let database = format!("sqlite://{}", file.display());
        command.args(["serve", "--bind", "127.0.0.1:0", "--rate-limits", "off", "--database-url", &database]);
        Self::start(&mut command)
    }

    /// This program, serving in another way.
    pub(crate) fn ours(arguments: &[&str]) -> Result<Self> {
        Self::start(Command::new(std::env::current_exe()?).args(arguments))
    }

    fn start(command: &mut Command) -> Result<Self> {
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("SHIPTALLY_")) {
            command.env_remove(name);
        }
        let started = Instant::now();
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
        let out = child.stdout.take().context("no stdout")?;
        let mut printed = String::new();
        // A site without an admin says how to make one first.
        for line in BufReader::new(out).lines() {
            let line = line?;
            if let Some(address) = line.strip_prefix("listening on http://") {
                return Ok(Self { child, address: address.trim().parse()?, started });
            }
            printed += &line;
        }
        let _ = child.kill();
        bail!("a server did not start: {printed:?}")
    }

    /// Asks once over a connection of its own.
    pub(crate) fn ask(&self, request: &str) -> Result<Answer> {
        let mut stream = TcpStream::connect(self.address)?;
        stream.set_read_timeout(Some(Duration::from_secs(30)))?;
        stream.write_all(request.as_bytes())?;
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes)?;
        let head = memchr::memmem::find(&bytes, b"\r\n\r\n").context("no answer")? + 4;
        let text = String::from_utf8_lossy(&bytes[..head]).into_owned();
        let status = text.get(9..12).and_then(|status| status.parse().ok()).context("no status")?;
        Ok(Answer { status, head: text, length: bytes.len() })
    }

    /// Memory in use, in bytes: all that is resident, and the part of it that is no file's.
    pub(crate) fn memory(&self) -> Result<(f64, f64)> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let kilobytes = |name: &str| -> Result<f64> {
            let line = status.lines().find_map(|line| line.strip_prefix(name)).context("no memory")?;
            Ok(line.trim().trim_end_matches("kB").trim().parse::<f64>()?)
        };
        Ok((kilobytes("VmRSS:")? * 1024.0, kilobytes("RssAnon:")? * 1024.0))
    }

    /// Time on the processors so far, in seconds.
    pub(crate) fn processor_seconds(&self) -> Result<f64> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        let fields: Vec<&str> = stat.rsplit_once(')').context("no stat")?.1.split_whitespace().collect();
        let ticks = |at: usize| -> Result<f64> { Ok(fields.get(at).context("no time")?.parse()?) };
        Ok((ticks(11)? + ticks(12)?) / TICKS)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// An answer to a single question.
pub(crate) struct Answer {
    pub status: u16,
    pub head: String,
    /// Of head and body.
    pub length: usize,
}

impl Answer {
    /// The cookie that it sets, as it is sent back.
    pub(crate) fn cookie(&self) -> Option<String> {
        let line = self.head.lines().find_map(|line| line.strip_prefix("set-cookie: "))?;
        Some(line.split(';').next()?.to_owned())
    }
}

/// A process of load under way.
struct Load {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Load {
    fn start(plan: &Plan) -> Result<Self> {
        let mut child = Command::new(std::env::current_exe()?)
            .arg("--as-load")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut input = child.stdin.take().context("no stdin")?;
        let output = BufReader::new(child.stdout.take().context("no stdout")?);
        serde_json::to_writer(&mut input, plan)?;
        input.write_all(b"\n")?;
        Ok(Self { child, input, output })
    }

    fn told<T: DeserializeOwned>(&mut self) -> Result<T> {
        let mut line = String::new();
        self.output.read_line(&mut line)?;
        ensure!(!line.is_empty(), "the load stopped early");
        Ok(serde_json::from_str(&line)?)
    }

    fn go_on(&mut self) -> Result<()> {
        Ok(self.input.write_all(b"\n")?)
    }
}

impl Drop for Load {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Sends requests and tells what came of them.
pub(crate) fn send(requests: Requests) -> Result<Answers> {
    Load::start(&Plan::Requests(requests))?.told()
}

/// What open streams cost a site.
pub(crate) struct Cost {
    pub reached: Reached,
    pub cores: f64,
}

/// Opens streams on a site, votes, and measures the site meanwhile.
pub(crate) fn watch(site: &Server, streams: Streams) -> Result<Cost> {
    let mut load = open(streams)?;
    load.go_on()?;
    let _: String = load.told()?;
    let (idle, since) = (site.processor_seconds()?, Instant::now());
    load.go_on()?;
    let _: String = load.told()?;
    let cores = (site.processor_seconds()? - idle) / since.elapsed().as_secs_f64();
    load.go_on()?;
    Ok(Cost { reached: load.told()?, cores })
}

fn open(streams: Streams) -> Result<Load> {
    let mut load = Load::start(&Plan::Streams(streams))?;
    let ready: String = load.told()?;
    ensure!(ready == "ready", "the streams did not open");
    Ok(load)
}

/// How many bytes of a site's memory one of so many open streams takes. The site is to have done nothing else. Half
/// as many streams are opened first and stay, so that what the site had free is used up; before memory is looked at it
/// is at rest.
pub(crate) fn memory_of_streams(site: &Server, request: &str, count: usize) -> Result<f64> {
    let streams = |count| Streams {
        address: site.address,
        open: request.to_owned(),
        streams: count,
        votes: Vec::new(),
        storm: Steady { connections: 0, per_second: 1.0, requests: Vec::new() },
    };
    let first = open(streams(count / 2))?;
    let before = memory_at_rest(site)?;
    let held = open(streams(count))?;
    let after = memory_at_rest(site)?;
    drop((first, held));
    Ok((after - before) / count as f64)
}

/// The memory in use once it has not moved for a second.
fn memory_at_rest(site: &Server) -> Result<f64> {
    let mut seen = Vec::new();
    for _ in 0..120 {
        std::thread::sleep(Duration::from_millis(250));
        seen.push(site.memory()?.0);
        let last = seen.iter().rev().take(5);
        let (low, high) =
            last.clone().fold((f64::MAX, 0f64), |(low, high), at| (low.min(*at), high.max(*at)));
        if seen.len() >= 5 && high - low < MOVING {
            return Ok(high);
        }
    }
    bail!("the memory of the site does not come to rest")
}
