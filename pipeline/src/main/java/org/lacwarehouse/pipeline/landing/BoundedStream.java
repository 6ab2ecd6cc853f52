package org.lacwarehouse.pipeline.landing;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Refuses to hand on more bytes than are plausible, so that no reader behind it is made to buffer without end. */
final class BoundedStream extends FilterInputStream {
    private final long longest;
    private final String what;
    private long left;

    /**
     * @param longest the bytes that may be read before {@link #allowAgain} is called
     * @param what names what is too long, for the message
     */
    BoundedStream(InputStream in, long longest, String what) {
        super(in);
        this.longest = longest;
        this.what = what;
        this.left = longest;
    }

    /** Begins to count anew. */
    void allowAgain() {
        left = longest;
    }

    @Override
    public int read() throws IOException {
        int read = super.read();
        count(read < 0 ? 0 : 1);
        return read;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        int read = super.read(buffer, offset, length);
        count(Math.max(0, read));
        return read;
    }

    @Override
    public long skip(long bytes) throws IOException {
        long skipped = super.skip(bytes);
        count(skipped);
        return skipped;
    }

    @Override
    public boolean markSupported() {
        return false;
    }

    private void count(long bytes) throws IOException {
        left -= bytes;
        if (left < 0) {
            throw new UnreadableFileException(what + " is longer than is ever needed; the file is broken or hostile");
        }
    }
}
