package org.lacwarehouse.jobs.pack;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Chromium without a window, spoken to by its DevTools protocol: opens a page, hears what it logs and asks for. */
final class Browser implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Process process;
    private final WebSocket socket;
    private final BlockingQueue<JsonNode> messages = new LinkedBlockingQueue<>();
    private final List<String> complaints = new ArrayList<>();
    private final List<String> requests = new ArrayList<>();
    private int calls;

    /** Starts the browser with a folder of its own. */
    Browser(Path profile) throws Exception {
        process = new ProcessBuilder(
                        executable(),
                        "--headless",
                        "--no-sandbox",
                        "--disable-gpu",
                        "--disable-dev-shm-usage",
                        "--no-first-run",
                        "--remote-debugging-port=0",
                        "--user-data-dir=" + profile,
                        "about:blank")
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        String address = address();
        HttpClient client = HttpClient.newHttpClient();
        HttpResponse<String> page = client.send(
                HttpRequest.newBuilder(
                                URI.create("http://" + URI.create(address).getAuthority() + "/json/new"))
                        .PUT(HttpRequest.BodyPublishers.noBody())
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        socket = client.newWebSocketBuilder()
                .buildAsync(
                        URI.create(JSON.readTree(page.body())
                                .get("webSocketDebuggerUrl")
                                .asText()),
                        new WebSocket.Listener() {
                            private final StringBuilder text = new StringBuilder();

                            @Override
                            public CompletionStage<?> onText(WebSocket from, CharSequence part, boolean isLast) {
                                text.append(part);
                                if (isLast) {
                                    try {
                                        messages.add(JSON.readTree(text.toString()));
                                    } catch (IOException e) {
                                        throw new IllegalStateException(e);
                                    }
                                    text.setLength(0);
                                }
                                from.request(1);
                                return null;
                            }
                        })
                .get(30, TimeUnit.SECONDS);
        for (String domain : List.of("Page", "Runtime", "Log", "Network")) {
            call(domain + ".enable", JSON.createObjectNode());
        }
    }

    private static String executable() {
        for (String name : List.of("chromium", "chromium-browser", "google-chrome")) {
            for (String folder : System.getenv("PATH").split(":")) {
                if (Files.isExecutable(Path.of(folder, name))) {
                    return Path.of(folder, name).toString();
                }
            }
        }
        throw new IllegalStateException("This test needs Chromium on the PATH: apt-get install chromium");
    }

    /** The address at which the browser takes commands, which it says when it is ready. */
    private String address() throws IOException {
        BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getErrorStream(), StandardCharsets.UTF_8));
        List<String> said = new ArrayList<>();
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            said.add(line);
            if (line.startsWith("DevTools listening on ")) {
                // What it says later is read, too, so that it never waits for a reader.
                Thread reader = new Thread(() -> lines.lines().forEach(rest -> {}));
                reader.setDaemon(true);
                reader.start();
                return line.substring("DevTools listening on ".length());
            }
        }
        throw new IllegalStateException("Chromium does not start: " + said);
    }

    /** Opens a file and waits until it has been loaded and its scripts have run. */
    void open(Path file) throws Exception {
        complaints.clear();
        requests.clear();
        String address = file.toUri().toString();
        call("Page.navigate", JSON.createObjectNode().put("url", address));
        while (!evaluate("document.readyState + ' ' + location.href").equals("complete " + address)) {
            next();
        }
    }

    /** What a JavaScript expression yields. */
    String evaluate(String script) throws Exception {
        JsonNode answer = call(
                "Runtime.evaluate",
                JSON.createObjectNode().put("expression", script).put("returnByValue", true));
        if (answer.path("result").has("exceptionDetails")) {
            throw new IllegalStateException(
                    answer.path("result").path("exceptionDetails").toString());
        }
        return answer.path("result").path("result").path("value").asText();
    }

    /** Errors and warnings of the page so far. */
    List<String> complaints() {
        return complaints;
    }

    /** The addresses that the page has asked for so far. */
    List<String> requests() {
        return requests;
    }

    private JsonNode call(String method, ObjectNode parameters) throws Exception {
        int id = ++calls;
        ObjectNode message = JSON.createObjectNode().put("id", id).put("method", method);
        message.set("params", parameters);
        socket.sendText(JSON.writeValueAsString(message), true).get(30, TimeUnit.SECONDS);
        JsonNode answer = next();
        while (answer.path("id").asInt() != id) {
            answer = next();
        }
        return answer;
    }

    private JsonNode next() throws InterruptedException {
        JsonNode message = messages.poll(60, TimeUnit.SECONDS);
        if (message == null) {
            throw new IllegalStateException("Chromium does not answer");
        }
        JsonNode details = message.path("params");
        switch (message.path("method").asText()) {
            case "Runtime.exceptionThrown" -> complaints.add(details.toString());
            case "Runtime.consoleAPICalled" -> {
                if (details.path("type").asText().matches("error|warning|assert")) {
                    complaints.add(details.toString());
                }
            }
            case "Log.entryAdded" -> complaints.add(details.toString());
            case "Network.requestWillBeSent" ->
                requests.add(details.path("request").path("url").asText());
            default -> {
                // The rest is not looked at.
            }
        }
        return message;
    }

    /** Ends the browser and all its processes. */
    @Override
    public void close() throws Exception {
        socket.abort();
        try (Stream<ProcessHandle> children = process.descendants()) {
            List<ProcessHandle> all = children.toList();
            process.destroy();
            process.waitFor(30, TimeUnit.SECONDS);
            for (ProcessHandle child : all) {
                child.destroyForcibly();
                child.onExit().get(30, TimeUnit.SECONDS);
            }
        }
    }
}
