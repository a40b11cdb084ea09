#pragma once
// The merge rules of a BPE vocabulary as the files write them, in order, before their tokens are looked up.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace headlight {

class MergeList {
public:
    void add(std::string_view left, std::string_view right)
    {
        m_text += left;
        m_ends.push_back(m_text.size());
        m_text += right;
        m_ends.push_back(m_text.size());
    }
    /// From "left right"; false when that is not two words.
    bool addLine(std::string_view line)
    {
        const std::size_t space = line.find(' ');
        if (space == line.npos || line.find(' ', space + 1) != line.npos)
            return false;
        add(line.substr(0, space), line.substr(space + 1));
        return true;
    }
    std::size_t size() const { return m_ends.size() / 2; }
    std::pair<std::string_view, std::string_view> operator[](std::size_t i) const
    {
        const std::string_view all = m_text;
        const std::size_t begin = i == 0 ? 0 : m_ends[2 * i - 1], middle = m_ends[2 * i],
                          end = m_ends[2 * i + 1];
        return { all.substr(begin, middle - begin), all.substr(middle, end - middle) };
    }

private:
    std::string m_text; ///< all of them in one row: there may be 300,000
    std::vector<std::size_t> m_ends;
};

} // namespace headlight
