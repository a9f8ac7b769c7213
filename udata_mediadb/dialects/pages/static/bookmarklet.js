(()=>{const go=(a)=>open(SEARCH+"?url="+encodeURIComponent(a),"_blank","noopener");
const all=[...document.images].filter((i)=>i.currentSrc.startsWith("http")&&i.naturalWidth>99);
if(!all.length)return alert("No picture here.");
if(all.length===1)return go(all[0].currentSrc);
const d=document.createElement("dialog");
for(const i of all.slice(0,60)){const b=document.createElement("button"),p=new Image();
p.src=i.currentSrc;p.alt=i.alt||i.currentSrc;p.height=110;b.append(p);
b.onclick=()=>{d.remove();go(i.currentSrc)};d.append(b)}
d.onclose=()=>d.remove();document.body.append(d);d.showModal()})()
