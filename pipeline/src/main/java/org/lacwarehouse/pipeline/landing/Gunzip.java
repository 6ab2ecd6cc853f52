package org.lacwarehouse.pipeline.landing;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.apache.commons.io.input.BoundedInputStream;

/**
 * A gzip file unpacked as it is read, all of its members; refused as soon as it swells out of all proportion. Unlike
 * Java's own reader it does not take what it cannot read for the end of the file.
 */
final class Gunzip extends FilterInputStream {
    /** Text packs 5 to 50 times smaller, rows of nothing but delimiters some 200 times, a bomb 1,000 times. */
    private static final long MOST_TIMES = 300;

    /** Nothing is judged before this many bytes. */
    private static final long HARMLESS = 64L << 20;

    private final BoundedInputStream packed;
    private long unpacked;

    private Gunzip(BoundedInputStream packed, InputStream in) {
        super(in);
        this.packed = packed;
    }

    /** Closes what it reads from when it cannot be opened. */
    static InputStream open(InputStream file) throws IOException {
        try {
            BoundedInputStream packed =
                    BoundedInputStream.builder().setInputStream(file).get();
            return new Gunzip(
                    packed,
                    GzipCompressorInputStream.builder()
                            .setInputStream(packed)
                            .setDecompressConcatenated(true)
                            .get());
        } catch (IOException | RuntimeException e) {
            file.close();
            throw unreadable(e);
        }
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        int read;
        try {
            read = super.read(buffer, offset, length);
        } catch (IOException | RuntimeException e) {
            throw unreadable(e);
        }
        unpacked += Math.max(0, read);
        if (unpacked > HARMLESS && unpacked / MOST_TIMES > packed.getCount()) {
            throw new UnreadableFileException("the file unpacks to more than " + MOST_TIMES
                    + " times its size, as no table does; send it without compression");
        }
        return read;
    }

    private static UnreadableFileException unreadable(Exception error) {
        if (error instanceof java.io.EOFException) {
            return new UnreadableFileException("the file ends before its compressed data does; send it again", error);
        }
        return new UnreadableFileException(
                "the file is not the gzip file that its name says, or is damaged; send it again", error);
    }
}
