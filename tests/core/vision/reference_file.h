#pragma once
// Just enough of safetensors to read the reference files of the image tests with Qt alone, so that these
// tests do not lean on the reader of the engine.

#include "core/tensor/tensor.h"

#include <QtCore>

#include <map>

namespace headlight::test {

/// Name → tensor of a small, trusted file; empty when it cannot be read.
inline std::map<QString, Tensor> readReference(const QString& path)
{
    std::map<QString, Tensor> tensors;
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return tensors;
    const QByteArray all = file.readAll();
    const auto headerSize = qint64(qFromLittleEndian<quint64>(all.constData()));
    const QJsonObject header = QJsonDocument::fromJson(all.mid(8, headerSize)).object();
    for (auto entry = header.begin(); entry != header.end(); ++entry) {
        if (entry.key() == "__metadata__")
            continue;
        const QJsonObject about = entry.value().toObject();
        std::vector<std::int64_t> extents;
        for (const QJsonValue extent : about["shape"].toArray())
            extents.push_back(extent.toInteger());
        const qint64 first = about["data_offsets"].toArray()[0].toInteger(),
                     last = about["data_offsets"].toArray()[1].toInteger();
        const QByteArray bytes = all.mid(8 + headerSize + first, last - first);
        std::vector<std::byte> buffer(std::size_t(bytes.size()));
        std::memcpy(buffer.data(), bytes.constData(), buffer.size());
        tensors[entry.key()] = Tensor::fromBytes(
            Shape(extents), *dtypeFromName(about["dtype"].toString().toStdString()), std::move(buffer));
    }
    return tensors;
}

} // namespace headlight::test
