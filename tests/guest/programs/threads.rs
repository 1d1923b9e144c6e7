// Threads, locks, channels, TCP and a panic.
use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{mpsc, Arc, Mutex};
use std::thread;

fn main() {
    let map = Arc::new(Mutex::new(BTreeMap::new()));
    let threads: Vec<_> = (0..8u64)
        .map(|i| {
            let map = map.clone();
            thread::spawn(move || {
                for j in 0..200 {
                    *map.lock().unwrap().entry(j % 10).or_insert(0) += i * j;
                }
            })
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
    println!("{:?}", map.lock().unwrap());

    let (sender, receiver) = mpsc::channel();
    for i in 0..4 {
        let sender = sender.clone();
        thread::spawn(move || (0..100).for_each(|j| sender.send(i * j).unwrap()));
    }
    drop(sender);
    println!("{}", receiver.iter().sum::<i32>());

    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let server = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut all = vec![];
        stream.read_to_end(&mut all).unwrap();
        all.len()
    });
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(&vec![1; 300000]).unwrap();
    drop(stream);
    println!("{}", server.join().unwrap());
    println!("{}", thread::Builder::new().name("bad".into()).spawn(|| panic!("on purpose")).unwrap().join().is_err());
}
