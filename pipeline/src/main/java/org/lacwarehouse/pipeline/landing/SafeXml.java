package org.lacwarehouse.pipeline.landing;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * XML as a stream of elements and text, safe with any input: a document type, and with it every entity but the five of
 * XML itself, is refused; nesting is limited, and so is what is buffered for one element, comment or attribute.
 */
final class SafeXml implements Closeable {
    /** What happened last. */
    enum Event {
        START,
        END,
        TEXT,
        DONE
    }

    private static final int DEEPEST = 64;
    private static final int LONGEST_DECLARATION = 256;
    private static final Pattern DECLARATION =
            Pattern.compile("^<\\?xml[^>]*?encoding\\s*=\\s*[\"']([A-Za-z0-9._-]+)[\"']");
    private static final XMLInputFactory FACTORY = factory();

    private final BoundedStream bounded;
    private final XMLStreamReader reader;
    private int depth;

    private static XMLInputFactory factory() {
        // Java's own parser by name: which one newFactory finds depends on the class path.
        XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        factory.setProperty(XMLInputFactory.IS_REPLACING_ENTITY_REFERENCES, false);
        return factory;
    }

    /** Reads from a stream, which it closes. */
    SafeXml(InputStream in) throws IOException {
        BufferedInputStream buffered = new BufferedInputStream(in, 1 << 16);
        bounded = new BoundedStream(buffered, 2L * TableFile.LONGEST_CELL, "an element");
        try {
            // Decoded here and not by the parser, which writes to the console what it cannot decode.
            reader = FACTORY.createXMLStreamReader(new InputStreamReader(
                    bounded,
                    charset(buffered)
                            .newDecoder()
                            .onMalformedInput(CodingErrorAction.REPORT)
                            .onUnmappableCharacter(CodingErrorAction.REPLACE)));
        } catch (XMLStreamException | IOException | RuntimeException e) {
            in.close();
            throw broken(e, "the file does not begin as XML does");
        }
    }

    /** The character set that the first bytes or the XML declaration say; passes over a byte-order mark of UTF-8. */
    private static Charset charset(BufferedInputStream in) throws IOException {
        in.mark(LONGEST_DECLARATION);
        byte[] bytes = in.readNBytes(LONGEST_DECLARATION);
        in.reset();
        String start = new String(bytes, StandardCharsets.ISO_8859_1);
        if (start.startsWith("\u00fe\u00ff") || start.startsWith("\u00ff\u00fe")) {
            return StandardCharsets.UTF_16;
        }
        if (start.startsWith("<\0")) {
            return StandardCharsets.UTF_16LE;
        }
        if (start.startsWith("\0<")) {
            return StandardCharsets.UTF_16BE;
        }
        if (start.startsWith("\u00ef\u00bb\u00bf")) {
            in.skipNBytes(3);
            return StandardCharsets.UTF_8;
        }
        Matcher declared = DECLARATION.matcher(start);
        if (!declared.find()) {
            return StandardCharsets.UTF_8;
        }
        try {
            return Charset.forName(declared.group(1));
        } catch (IllegalArgumentException e) {
            throw new UnreadableFileException(
                    "the XML says that it is in a character set that does not exist; send it in UTF-8", e);
        }
    }

    /** Goes on to the next element, end of an element, or piece of text. */
    Event next() throws IOException {
        while (true) {
            bounded.allowAgain();
            switch (advance()) {
                case XMLStreamConstants.START_ELEMENT -> {
                    depth++;
                    if (depth > DEEPEST) {
                        throw new UnreadableFileException(
                                "line " + line() + ": the XML is nested deeper than " + DEEPEST + " elements");
                    }
                    return Event.START;
                }
                case XMLStreamConstants.END_ELEMENT -> {
                    depth--;
                    return Event.END;
                }
                case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA, XMLStreamConstants.SPACE -> {
                    return Event.TEXT;
                }
                case XMLStreamConstants.END_DOCUMENT -> {
                    return Event.DONE;
                }
                case XMLStreamConstants.DTD ->
                    throw new UnreadableFileException(
                            "the XML has a document type (DOCTYPE), which is never read; send it without");
                case XMLStreamConstants.ENTITY_REFERENCE, XMLStreamConstants.ENTITY_DECLARATION ->
                    throw new UnreadableFileException("line " + line() + ": the XML refers to an entity of its own,"
                            + " which is never read; write the characters themselves");
                default -> {}
            }
        }
    }

    private int advance() throws IOException {
        try {
            return reader.next();
        } catch (XMLStreamException | RuntimeException e) {
            throw broken(e, "line " + line() + ": the XML is broken or cut off; send the file again");
        }
    }

    private static UnreadableFileException broken(Exception error, String message) {
        Throwable cause = error;
        while (cause != null) {
            if (cause instanceof UnreadableFileException unreadable) {
                return unreadable;
            }
            if (cause instanceof CharacterCodingException) {
                return new UnreadableFileException(
                        "the XML is not in the character set that it says, or that it would be in if it says none"
                                + " (UTF-8)",
                        error);
            }
            // The parser keeps what a stream throws in a field of its own.
            cause = cause instanceof XMLStreamException xml ? xml.getNestedException() : cause.getCause();
        }
        return new UnreadableFileException(message, error);
    }

    /** The element's name without its prefix. */
    String name() {
        return reader.getLocalName();
    }

    /** An attribute of the element, by its name without prefix; null when it has none. */
    String attribute(String name) {
        for (int i = 0; i < reader.getAttributeCount(); i++) {
            if (reader.getAttributeLocalName(i).equals(name)) {
                return reader.getAttributeValue(i);
            }
        }
        return null;
    }

    /** Adds the piece of text to what there is of it. */
    void text(StringBuilder text) throws IOException {
        if (text.length() + reader.getTextLength() > TableFile.LONGEST_CELL) {
            throw new UnreadableFileException("line " + line() + ": a value is longer than "
                    + String.format("%,d", TableFile.LONGEST_CELL) + " characters");
        }
        text.append(reader.getTextCharacters(), reader.getTextStart(), reader.getTextLength());
    }

    /** Whether the reader stands at the beginning of an element. */
    boolean isStart() {
        return reader.isStartElement();
    }

    /** Adds the text of the element that has just begun to what there is, without its child elements; ends behind it. */
    void textInto(StringBuilder text) throws IOException {
        int level = depth;
        Event event = next();
        while (event != Event.END || depth >= level) {
            if (event == Event.TEXT) {
                text(text);
            } else if (event == Event.START) {
                skip();
            }
            event = next();
        }
    }

    /** Passes over the element that has just begun. */
    void skip() throws IOException {
        int level = depth;
        Event event = next();
        while (event != Event.END || depth >= level) {
            event = next();
        }
    }

    /** The line that has been reached. */
    int line() {
        return reader.getLocation().getLineNumber();
    }

    /** How many elements the current place lies in. */
    int depth() {
        return depth;
    }

    @Override
    public void close() throws IOException {
        try {
            reader.close();
        } catch (XMLStreamException e) {
            throw new IOException(e);
        } finally {
            bounded.close();
        }
    }
}
