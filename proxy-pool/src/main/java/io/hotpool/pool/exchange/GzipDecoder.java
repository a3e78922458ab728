package io.hotpool.pool.exchange;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import org.jspecify.annotations.Nullable;

/** {@code gzip} (RFC 1952): any number of members; zero padding behind them is ignored. */
final class GzipDecoder implements ContentDecoder {
    private static final int FIXED_HEADER = 10;
    private static final int TRAILER = 8;

    private final Inflation inflation = new Inflation(true);
    private final CRC32 checksum = new CRC32();
    private final GzipHeader header = new GzipHeader();
    private long size;
    private ByteBuf input = Unpooled.EMPTY_BUFFER;
    private Part part = Part.HEADER;
    private int trailerSeen;
    private long trailer; // little endian: CRC-32, then size modulo 2^32
    private int members;

    private enum Part {
        HEADER,
        BODY,
        TRAILER,
        PADDING
    }

    @Override
    public void feed(ByteBuf more) {
        input.release();
        input = more;
    }

    @Override
    public @Nullable ByteBuf next() {
        try {
            while (true) {
                switch (part) {
                    case HEADER -> {
                        if (!readHeader()) {
                            return null;
                        }
                    }
                    case BODY -> {
                        ByteBuf piece = inflation.next(input);
                        if (piece != null) {
                            return counted(piece);
                        }
                        if (!inflation.finished()) {
                            return null;
                        }
                        part = Part.TRAILER;
                    }
                    case TRAILER -> {
                        if (!readTrailer()) {
                            return null;
                        }
                    }
                    case PADDING -> {
                        input.skipBytes(input.readableBytes());
                        return null;
                    }
                }
            }
        } catch (DataFormatException e) {
            throw ContentDecoder.broken("gzip", e);
        }
    }

    private boolean readHeader() throws DataFormatException {
        if (members > 0 && header.atStart() && input.isReadable() && input.getByte(input.readerIndex()) != 0x1f) {
            part = Part.PADDING;
            return true;
        }
        if (!header.read(input)) {
            return false;
        }
        part = Part.BODY;
        return true;
    }

    private ByteBuf counted(ByteBuf piece) {
        checksum.update(piece.nioBuffer());
        size += piece.readableBytes();
        return piece;
    }

    private boolean readTrailer() throws DataFormatException {
        while (trailerSeen < TRAILER && input.isReadable()) {
            trailer |= (long) input.readUnsignedByte() << (8 * trailerSeen++);
        }
        if (trailerSeen < TRAILER) {
            return false;
        }
        if ((trailer & 0xffffffffL) != checksum.getValue() || trailer >>> 32 != (size & 0xffffffffL)) {
            throw new DataFormatException("the checksum does not match");
        }
        members++;
        nextMember();
        return true;
    }

    private void nextMember() {
        inflation.restart();
        checksum.reset();
        header.restart();
        size = 0;
        trailer = 0;
        trailerSeen = 0;
        part = Part.HEADER;
    }

    @Override
    public boolean complete() {
        return part == Part.PADDING || part == Part.HEADER && header.atStart();
    }

    @Override
    public void close() {
        input.release();
        input = Unpooled.EMPTY_BUFFER;
        inflation.close();
    }

    /** The member header, byte by byte: it may be cut anywhere. */
    private static final class GzipHeader {
        private static final int FHCRC = 2;
        private static final int FEXTRA = 4;
        private static final int FNAME = 8;
        private static final int FCOMMENT = 16;

        private int position;
        private int flags;
        private int extraLength;

        /** True when it is complete. */
        boolean read(ByteBuf in) throws DataFormatException {
            while (position < FIXED_HEADER) {
                if (!in.isReadable()) {
                    return false;
                }
                fixed(in.readUnsignedByte());
            }
            return optional(in);
        }

        private void fixed(int value) throws DataFormatException {
            boolean fits = switch (position) {
                case 0 -> value == 0x1f;
                case 1 -> value == 0x8b;
                case 2 -> value == 8;
                case 3 -> (value & 0xe0) == 0;
                default -> true;
            };
            if (!fits) {
                throw new DataFormatException("no gzip header");
            }
            flags = position == 3 ? value : flags;
            position++;
        }

        private boolean optional(ByteBuf in) {
            if ((flags & FEXTRA) != 0 && !extra(in)) {
                return false;
            }
            for (int text = FNAME; text <= FCOMMENT; text <<= 1) {
                if ((flags & text) != 0) {
                    int zero = in.indexOf(in.readerIndex(), in.writerIndex(), (byte) 0);
                    in.readerIndex(zero < 0 ? in.writerIndex() : zero + 1);
                    if (zero < 0) {
                        return false;
                    }
                    flags &= ~text;
                }
            }
            while ((flags & FHCRC) != 0 && in.isReadable()) {
                in.skipBytes(1);
                position++;
                flags = position % 2 == 0 ? flags & ~FHCRC : flags;
            }
            return (flags & FHCRC) == 0;
        }

        private boolean extra(ByteBuf in) {
            while (position < FIXED_HEADER + 2 && in.isReadable()) {
                extraLength |= in.readUnsignedByte() << (8 * (position - FIXED_HEADER));
                position++;
            }
            if (position < FIXED_HEADER + 2) {
                return false;
            }
            int skip = Math.min(extraLength, in.readableBytes());
            in.skipBytes(skip);
            extraLength -= skip;
            flags = extraLength == 0 ? flags & ~FEXTRA : flags;
            return extraLength == 0;
        }

        boolean atStart() {
            return position == 0;
        }

        void restart() {
            position = 0;
            flags = 0;
            extraLength = 0;
        }
    }
}
