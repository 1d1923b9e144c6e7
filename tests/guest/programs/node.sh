# needs: node
node -e '
    const zlib = require("zlib"), crypto = require("crypto");
    console.log(crypto.createHash("sha256").update("abc").digest("hex"), zlib.gunzipSync(zlib.gzipSync(Buffer.alloc(10000))).length);
    let sum = 0;
    for (let i = 0; i < 300000; i++) sum += i % 7;
    console.log(sum);
    setTimeout(() => console.log("timer"), 50);
    Promise.resolve("promise").then(console.log);'
